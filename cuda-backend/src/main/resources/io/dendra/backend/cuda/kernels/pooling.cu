// Greatest and mean elements of windows. T: the type of elements. I: the type of places, uint32 or
// int64.

typedef Arithmetic<T>::type C;

// Pooling.java fills it; with fewer than three spatial dimensions the first ones are 1 long.
struct Pool {
  int64 size;
  int64 channels_last;
  int64 channels;
  int64 window[3];
  int64 step[3];
  int64 pad[3];
  int64 in[3];
  int64 out[3];
  int64 in_strides[5];
  int64 out_strides[5];
  int64 place_strides[5];
};

struct At {
  I batch;
  I channel;
  int spatial[3];

  // Element i in the order of memory.
  __device__ At(const Pool &pool, const int64 (&dims)[3], I i) {
    if (pool.channels_last) {
      channel = take(i, pool.channels);
    }
    for (int d = 2; d >= 0; d--) {
      spatial[d] = (int)take(i, dims[d]);
    }
    if (!pool.channels_last) {
      channel = take(i, pool.channels);
    }
    batch = i;
  }

  static __device__ I take(I &i, int64 dim) {
    if (dim == 1) {
      return 0;
    }
    I rest = i / (I)dim;
    I at = i - rest * (I)dim;
    i = rest;
    return at;
  }

  __device__ I plane(const int64 (&strides)[5]) const {
    return batch * (I)strides[0] + channel * (I)strides[1];
  }

  __device__ I place(const int64 (&strides)[5]) const {
    I place = plane(strides);
    for (int d = 0; d < 3; d++) {
      place += spatial[d] * (I)strides[d + 2];
    }
    return place;
  }
};

// The elements from the first to before the last along a dimension.
struct Range {
  int first;
  int last;
};

// What a window meets of the input.
__device__ inline Range met(const Pool &pool, int d, int at) {
  int first = at * (int)pool.step[d] - (int)pool.pad[d];
  int last = first + (int)pool.window[d];
  Range range = {first < 0 ? 0 : first, last > (int)pool.in[d] ? (int)pool.in[d] : last};
  return range;
}

// The windows that meet an element of the input.
__device__ inline Range meeting(const Pool &pool, int d, int at) {
  int step = (int)pool.step[d];
  int end = at + (int)pool.pad[d];
  int start = end - (int)pool.window[d] + 1;
  int last = end / step + 1;
  Range range = {start <= 0 ? 0 : (start + step - 1) / step,
                 last > (int)pool.out[d] ? (int)pool.out[d] : last};
  return range;
}

extern "C" __global__ void __launch_bounds__(BLOCK)
greatest(const T *x, T *out, int64 *places, const Pool pool) {
  I i = (I)thread_index();
  if (i >= (I)pool.size) {
    return;
  }
  At at(pool, pool.out, i);
  const T *plane = x + at.plane(pool.in_strides);
  Range rows = met(pool, 0, at.spatial[0]);
  Range columns = met(pool, 1, at.spatial[1]);
  Range depths = met(pool, 2, at.spatial[2]);
  C best = 0;
  int64 place = -1;
  for (int a = rows.first; a < rows.last; a++) {
    for (int b = columns.first; b < columns.last; b++) {
      I line = a * (I)pool.in_strides[2] + b * (I)pool.in_strides[3];
      int64 base = (a * pool.in[1] + b) * pool.in[2];
      for (int c = depths.first; c < depths.last; c++) {
        C value = load(plane[line + c * (I)pool.in_strides[4]]);
        if (place < 0 || value > best || (value != value && best == best)) {
          best = value;
          place = base + c;
        }
      }
    }
  }
  out[at.place(pool.out_strides)] = store<T>(best);
  places[at.place(pool.place_strides)] = place;
}

extern "C" __global__ void __launch_bounds__(BLOCK)
mean(const T *x, T *out, const Pool pool) {
  I i = (I)thread_index();
  if (i >= (I)pool.size) {
    return;
  }
  At at(pool, pool.out, i);
  const T *plane = x + at.plane(pool.in_strides);
  Range rows = met(pool, 0, at.spatial[0]);
  Range columns = met(pool, 1, at.spatial[1]);
  Range depths = met(pool, 2, at.spatial[2]);
  C sum = 0;
  for (int a = rows.first; a < rows.last; a++) {
    for (int b = columns.first; b < columns.last; b++) {
      I line = a * (I)pool.in_strides[2] + b * (I)pool.in_strides[3];
      for (int c = depths.first; c < depths.last; c++) {
        sum += load(plane[line + c * (I)pool.in_strides[4]]);
      }
    }
  }
  int count = (rows.last - rows.first) * (columns.last - columns.first) * (depths.last - depths.first);
  out[at.place(pool.out_strides)] = store<T>(sum / count);
}

// Here out is of the shape of the pooled input, and its gradient is gathered from all windows that
// meet it.
extern "C" __global__ void __launch_bounds__(BLOCK)
mean_gradient(const T *gradient, T *out, const Pool pool) {
  I i = (I)thread_index();
  if (i >= (I)pool.size) {
    return;
  }
  At at(pool, pool.in, i);
  const T *plane = gradient + at.plane(pool.out_strides);
  Range rows = meeting(pool, 0, at.spatial[0]);
  Range columns = meeting(pool, 1, at.spatial[1]);
  Range depths = meeting(pool, 2, at.spatial[2]);
  C sum = 0;
  for (int a = rows.first; a < rows.last; a++) {
    Range rows_met = met(pool, 0, a);
    for (int b = columns.first; b < columns.last; b++) {
      Range columns_met = met(pool, 1, b);
      int area = (rows_met.last - rows_met.first) * (columns_met.last - columns_met.first);
      I line = a * (I)pool.out_strides[2] + b * (I)pool.out_strides[3];
      for (int c = depths.first; c < depths.last; c++) {
        Range met_here = met(pool, 2, c);
        C share = load(plane[line + c * (I)pool.out_strides[4]]);
        sum += share / (area * (met_here.last - met_here.first));
      }
    }
  }
  out[at.place(pool.in_strides)] = store<T>(sum);
}
