// Convolution by plain sums, where cuDNN has no kernel. T: the type of elements.

typedef Arithmetic<T>::type C;

// Three spatial dimensions, the outer ones of length 1 where there are fewer. DirectConvolution.java fills it.
struct Window {
  int64 batch;
  int64 channels;  // of a group
  int64 filters;
  int64 groups;
  int64 in[3];
  int64 kernel[3];
  int64 out[3];
  int64 stride[3];
  int64 padding[3];
  int64 dilation[3];
  int64 x[5];
  int64 w[5];
  int64 y[5];
};

__device__ inline void put(T *at, C sum, int add) {
  *at = store<T>(add ? sum + load(*at) : sum);
}

// Splits a row-major place into its five coordinates.
__device__ inline void split(int64 i, int64 channels, const int64 *spatial, int64 *at) {
  for (int d = 2; d >= 0; d--) {
    at[2 + d] = i % spatial[d];
    i /= spatial[d];
  }
  at[1] = i % channels;
  at[0] = i / channels;
}

extern "C" __global__ void __launch_bounds__(BLOCK)
forward(const T *x, const T *w, T *y, const Window s, int add) {
  int64 size = s.batch * s.filters * s.out[0] * s.out[1] * s.out[2];
  for (int64 i = thread_index(); i < size; i += (int64)gridDim.x * BLOCK) {
    int64 at[5];
    split(i, s.filters, s.out, at);
    int64 channel = at[1] / (s.filters / s.groups) * s.channels;
    C sum = 0;
    for (int64 a = 0; a < s.kernel[0]; a++) {
      int64 p = at[2] * s.stride[0] - s.padding[0] + a * s.dilation[0];
      if (p < 0 || p >= s.in[0]) continue;
      for (int64 b = 0; b < s.kernel[1]; b++) {
        int64 q = at[3] * s.stride[1] - s.padding[1] + b * s.dilation[1];
        if (q < 0 || q >= s.in[1]) continue;
        for (int64 c = 0; c < s.kernel[2]; c++) {
          int64 r = at[4] * s.stride[2] - s.padding[2] + c * s.dilation[2];
          if (r < 0 || r >= s.in[2]) continue;
          const T *from = x + at[0] * s.x[0] + channel * s.x[1] + p * s.x[2] + q * s.x[3] + r * s.x[4];
          const T *by = w + at[1] * s.w[0] + a * s.w[2] + b * s.w[3] + c * s.w[4];
          for (int64 k = 0; k < s.channels; k++) {
            sum += load(from[k * s.x[1]]) * load(by[k * s.w[1]]);
          }
        }
      }
    }
    put(y + at[0] * s.y[0] + at[1] * s.y[1] + at[2] * s.y[2] + at[3] * s.y[3] + at[4] * s.y[4], sum, add);
  }
}

// The output place whose tap reads a place of the input, or -1.
__device__ inline int64 reader(int64 place, int64 tap, int d, const Window &s) {
  int64 start = place + s.padding[d] - tap * s.dilation[d];
  if (start < 0 || start % s.stride[d] != 0) {
    return -1;
  }
  int64 at = start / s.stride[d];
  return at < s.out[d] ? at : -1;
}

extern "C" __global__ void __launch_bounds__(BLOCK)
input_gradient(T *x, const T *w, const T *y, const Window s, int add) {
  int64 channels = s.channels * s.groups;
  int64 filters = s.filters / s.groups;
  int64 size = s.batch * channels * s.in[0] * s.in[1] * s.in[2];
  for (int64 i = thread_index(); i < size; i += (int64)gridDim.x * BLOCK) {
    int64 at[5];
    split(i, channels, s.in, at);
    int64 filter = at[1] / s.channels * filters;
    C sum = 0;
    for (int64 a = 0; a < s.kernel[0]; a++) {
      int64 p = reader(at[2], a, 0, s);
      if (p < 0) continue;
      for (int64 b = 0; b < s.kernel[1]; b++) {
        int64 q = reader(at[3], b, 1, s);
        if (q < 0) continue;
        for (int64 c = 0; c < s.kernel[2]; c++) {
          int64 r = reader(at[4], c, 2, s);
          if (r < 0) continue;
          const T *from = y + at[0] * s.y[0] + filter * s.y[1] + p * s.y[2] + q * s.y[3] + r * s.y[4];
          const T *by = w + filter * s.w[0] + at[1] % s.channels * s.w[1] + a * s.w[2] + b * s.w[3] + c * s.w[4];
          for (int64 k = 0; k < filters; k++) {
            sum += load(from[k * s.y[1]]) * load(by[k * s.w[0]]);
          }
        }
      }
    }
    put(x + at[0] * s.x[0] + at[1] * s.x[1] + at[2] * s.x[2] + at[3] * s.x[3] + at[4] * s.x[4], sum, add);
  }
}

// A block for each element of the filter.
extern "C" __global__ void __launch_bounds__(BLOCK)
filter_gradient(const T *x, T *w, const T *y, const Window s, int add) {
  __shared__ C sums[BLOCK];
  int64 size = s.filters * s.channels * s.kernel[0] * s.kernel[1] * s.kernel[2];
  int64 places = s.batch * s.out[0] * s.out[1] * s.out[2];
  for (int64 i = blockIdx.x; i < size; i += gridDim.x) {
    int64 at[5];
    split(i, s.channels, s.kernel, at);
    int64 channel = at[0] / (s.filters / s.groups) * s.channels + at[1];
    C sum = 0;
    for (int64 j = threadIdx.x; j < places; j += BLOCK) {
      int64 to[5];
      split(j, 1, s.out, to);
      int64 from = to[0] * s.x[0] + channel * s.x[1];
      bool inside = true;
      for (int d = 0; d < 3; d++) {
        int64 p = to[2 + d] * s.stride[d] - s.padding[d] + at[2 + d] * s.dilation[d];
        inside = inside && p >= 0 && p < s.in[d];
        from += p * s.x[2 + d];
      }
      if (inside) {
        sum += load(x[from]) * load(y[to[0] * s.y[0] + at[0] * s.y[1] + to[2] * s.y[2] + to[3] * s.y[3] + to[4] * s.y[4]]);
      }
    }
    sums[threadIdx.x] = sum;
    __syncthreads();
    for (int half = BLOCK / 2; half > 0; half /= 2) {
      if (threadIdx.x < half) {
        sums[threadIdx.x] += sums[threadIdx.x + half];
      }
      __syncthreads();
    }
    if (threadIdx.x == 0) {
      put(w + at[0] * s.w[0] + at[1] * s.w[1] + at[2] * s.w[2] + at[3] * s.w[3] + at[4] * s.w[4], sums[0], add);
    }
    __syncthreads();
  }
}
