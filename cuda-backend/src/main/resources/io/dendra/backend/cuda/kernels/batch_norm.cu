// Batch normalisation, over memory as outer x channels x inner. T: the type of elements; PARAMETER:
// that of gamma and beta; VEC: neighbours that are read at once; LAST: 1 where inner is 1, so that
// neighbours are channels, else 0.
//
// Blocks along x have channels of their own, those along y share the elements of these. The sums
// of blocks are combined in a fixed order by the one that comes last.

typedef Arithmetic<T>::type C;

#define UNROLL _Pragma("unroll")

// Channels of a thread.
#if LAST
#define LANES VEC
#else
#define LANES 1
#endif

// `width` threads stand side by side, at neighbours.
struct Shape {
  int64 outer;
  int64 channels;
  int64 inner;
  int64 width;
};

struct __align__(sizeof(T) * VEC) Neighbours {
  T at[VEC];
};

// The first channel of this thread.
__device__ inline int64 first_channel(const Shape &shape) {
  return LAST ? (blockIdx.x * shape.width + threadIdx.x % (int)shape.width) * VEC : blockIdx.x;
}

// Calls f with the place of each group of neighbours of this thread.
template <class F> __device__ inline void visit(const Shape &shape, F f) {
  int width = (int)shape.width;
  int depth = BLOCK / width;
  int y = threadIdx.x / width;
  int64 step = (int64)gridDim.y * depth;
  if (y >= depth) {
    return;
  }
#if LAST
  int64 channel = first_channel(shape);
  if (channel < shape.channels) {
#pragma unroll 4
    for (int64 n = (int64)blockIdx.y * depth + y; n < shape.outer; n += step) {
      f(n * shape.channels + channel);
    }
  }
#else
  for (int64 n = (int64)blockIdx.y * depth + y; n < shape.outer; n += step) {
    int64 row = (n * shape.channels + blockIdx.x) * shape.inner;
#pragma unroll 4
    for (int64 i = threadIdx.x % width * VEC; i < shape.inner; i += width * VEC) {
      f(row + i);
    }
  }
#endif
}

__device__ inline void read(const T *x, int64 place, C (&values)[VEC]) {
  Neighbours in = *(const Neighbours *)(x + place);
  UNROLL for (int v = 0; v < VEC; v++) {
    values[v] = load(in.at[v]);
  }
}

// Number, mean and squared distances from the mean (B. Welford, 1962; T. Chan et al., 1983).
template <int N> struct Moments {
  C count;
  C mean[N];
  C squares[N];

  __device__ inline void clear() {
    count = 0;
    UNROLL for (int v = 0; v < N; v++) {
      mean[v] = 0;
      squares[v] = 0;
    }
  }

  __device__ inline void add(const C (&values)[N]) {
    count += 1;
    C share = 1 / count;
    UNROLL for (int v = 0; v < N; v++) {
      C distance = values[v] - mean[v];
      mean[v] += distance * share;
      squares[v] += distance * (values[v] - mean[v]);
    }
  }

  __device__ inline void merge(const Moments &other) {
    if (other.count == 0) {
      return;
    }
    C total = count + other.count;
    C share = other.count / total;
    UNROLL for (int v = 0; v < N; v++) {
      C distance = other.mean[v] - mean[v];
      mean[v] += distance * share;
      squares[v] += other.squares[v] + distance * distance * count * share;
    }
    count = total;
  }
};

// Sums of gradients and of their products with distances from the mean.
template <int N> struct Products {
  C gradients[N];
  C products[N];

  __device__ inline void clear() {
    UNROLL for (int v = 0; v < N; v++) {
      gradients[v] = 0;
      products[v] = 0;
    }
  }

  __device__ inline void merge(const Products &other) {
    UNROLL for (int v = 0; v < N; v++) {
      gradients[v] += other.gradients[v];
      products[v] += other.products[v];
    }
  }
};

// The threads of a block as rows of `width` that have the same channels.
struct Crowd {
  int width;
  int row;
  int rows;

  __device__ Crowd(const Shape &shape)
      : width(LAST ? (int)shape.width : 1), row(threadIdx.x / width), rows(BLOCK / width) {}
};

// Combines the values of threads that have the same channels; the first row gets the result.
template <class V> __device__ inline void combine_rows(V &value, const Crowd &crowd) {
  __shared__ V parts[BLOCK];
  __syncthreads();
  parts[threadIdx.x] = value;
  __syncthreads();
  for (int half = BLOCK / 2; half > 0; half /= 2) {
    if (crowd.row < half && crowd.row + half < crowd.rows) {
      parts[threadIdx.x].merge(parts[threadIdx.x + half * crowd.width]);
    }
    __syncthreads();
  }
  value = parts[threadIdx.x];
}

// Combines over all blocks that have the same channels. Whether this thread has the result.
template <class V>
__device__ inline bool combine(V &value, const Shape &shape, V *partials, uint32 *counters) {
  __shared__ bool last;
  Crowd crowd(shape);
  combine_rows(value, crowd);
  if (gridDim.y > 1) {
    int column = threadIdx.x % crowd.width;
    V *mine = partials + (int64)blockIdx.x * gridDim.y * crowd.width + column;
    if (crowd.row == 0) {
      mine[(int64)blockIdx.y * crowd.width] = value;
    }
    __threadfence();
    __syncthreads();
    if (threadIdx.x == 0) {
      last = atomicAdd(counters + blockIdx.x, 1u) == gridDim.y - 1;
      if (last) {
        counters[blockIdx.x] = 0;
      }
    }
    __syncthreads();
    if (!last) {
      return false;
    }
    __threadfence();
    value.clear();
    for (int part = crowd.row; part < gridDim.y && crowd.row < crowd.rows; part += crowd.rows) {
      value.merge(mine[(int64)part * crowd.width]);
    }
    combine_rows(value, crowd);
  }
  return crowd.row == 0 && first_channel(shape) < shape.channels;
}

// Leaves mean, factor and shift of each channel in the table [3, channels].
extern "C" __global__ void __launch_bounds__(BLOCK)
statistics(const T *x, const Shape shape, const PARAMETER *gamma, int64 gamma_step,
    const PARAMETER *beta, int64 beta_step, double epsilon, Moments<LANES> *partials,
    uint32 *counters, C *table, C *means, int64 mean_step, C *variances, int64 variance_step) {
  Moments<VEC> found;
  found.clear();
  visit(shape, [&](int64 place) {
    C values[VEC];
    read(x, place, values);
    found.add(values);
  });
#if LAST
  Moments<LANES> moments = found;
#else
  Moments<LANES> moments;
  moments.clear();
  UNROLL for (int v = 0; v < VEC; v++) {
    Moments<LANES> one = {found.count, {found.mean[v]}, {found.squares[v]}};
    moments.merge(one);
  }
#endif
  if (combine(moments, shape, partials, counters)) {
    UNROLL for (int v = 0; v < LANES; v++) {
      int64 c = first_channel(shape) + v;
      C variance = moments.squares[v] / moments.count;
      means[c * mean_step] = moments.mean[v];
      variances[c * variance_step] = variance;
      table[c] = moments.mean[v];
      table[shape.channels + c] =
          load(gamma[c * gamma_step]) / f_sqrt(variance + (C)epsilon);
      table[2 * shape.channels + c] = load(beta[c * beta_step]);
    }
  }
}

// A row of the table, for the channels of this thread.
__device__ inline void channels_of(const C *table, int row, const Shape &shape, C (&values)[LANES]) {
  int64 c = first_channel(shape);
  UNROLL for (int v = 0; v < LANES; v++) {
    values[v] = c < shape.channels ? table[row * shape.channels + c + v] : C(0);
  }
}

#define LANE(v) (LAST ? (v) : 0)

// y = (x - mean) factor + shift
extern "C" __global__ void __launch_bounds__(BLOCK)
normalise(const T *x, const Shape shape, const C *table, T *y) {
  C mean[LANES];
  C factor[LANES];
  C shift[LANES];
  channels_of(table, 0, shape, mean);
  channels_of(table, 1, shape, factor);
  channels_of(table, 2, shape, shift);
  visit(shape, [&](int64 place) {
    C values[VEC];
    read(x, place, values);
    Neighbours out;
    UNROLL for (int v = 0; v < VEC; v++) {
      int k = LANE(v);
      out.at[v] = store<T>((values[v] - mean[k]) * factor[k] + shift[k]);
    }
    *(Neighbours *)(y + place) = out;
  });
}

// Leaves mean, a, b and k of each channel in the table [4, channels], so that the gradient of x is
// a g + b (x - mean) + k. What is null among g and the gradients of mean and variance is 0; what is
// null among the gradients of gamma and beta is not wanted.
extern "C" __global__ void __launch_bounds__(BLOCK)
products(const T *x, const T *g, const Shape shape, const PARAMETER *gamma, int64 gamma_step,
    const C *means, int64 mean_step, const C *variances, int64 variance_step, const C *by_mean,
    int64 by_mean_step, const C *by_variance, int64 by_variance_step, double epsilon,
    Products<LANES> *partials, uint32 *counters, C *table, PARAMETER *by_gamma,
    int64 by_gamma_step, PARAMETER *by_beta, int64 by_beta_step) {
  int64 first = first_channel(shape);
  C mean[LANES];
  UNROLL for (int v = 0; v < LANES; v++) {
    mean[v] = first < shape.channels ? means[(first + v) * mean_step] : C(0);
  }
  Products<VEC> found;
  found.clear();
  if (g) {
    visit(shape, [&](int64 place) {
      C values[VEC];
      C gradients[VEC];
      read(x, place, values);
      read(g, place, gradients);
      UNROLL for (int v = 0; v < VEC; v++) {
        found.gradients[v] += gradients[v];
        found.products[v] += gradients[v] * (values[v] - mean[LANE(v)]);
      }
    });
  }
#if LAST
  Products<LANES> sums = found;
#else
  Products<LANES> sums;
  sums.clear();
  UNROLL for (int v = 0; v < VEC; v++) {
    sums.gradients[0] += found.gradients[v];
    sums.products[0] += found.products[v];
  }
#endif
  if (combine(sums, shape, partials, counters)) {
    C share = 1 / ((C)shape.outer * (C)shape.inner);
    UNROLL for (int v = 0; v < LANES; v++) {
      int64 c = first + v;
      C inverse = 1 / f_sqrt(variances[c * variance_step] + (C)epsilon);
      C a = load(gamma[c * gamma_step]) * inverse;
      C toward_variance = by_variance ? by_variance[c * by_variance_step] : C(0);
      C toward_mean = by_mean ? by_mean[c * by_mean_step] : C(0);
      table[c] = mean[v];
      table[shape.channels + c] = a;
      table[2 * shape.channels + c] =
          share * (2 * toward_variance - a * inverse * inverse * sums.products[v]);
      table[3 * shape.channels + c] = share * (toward_mean - a * sums.gradients[v]);
      if (by_gamma) {
        by_gamma[c * by_gamma_step] = store<PARAMETER>(sums.products[v] * inverse);
      }
      if (by_beta) {
        by_beta[c * by_beta_step] = store<PARAMETER>(sums.gradients[v]);
      }
    }
  }
}

extern "C" __global__ void __launch_bounds__(BLOCK)
differentiate(const T *x, const T *g, const Shape shape, const C *table, T *d) {
  C mean[LANES];
  C a[LANES];
  C b[LANES];
  C k[LANES];
  channels_of(table, 0, shape, mean);
  channels_of(table, 1, shape, a);
  channels_of(table, 2, shape, b);
  channels_of(table, 3, shape, k);
  visit(shape, [&](int64 place) {
    C values[VEC];
    C gradients[VEC];
    read(x, place, values);
    if (g) {
      read(g, place, gradients);
    }
    Neighbours out;
    UNROLL for (int v = 0; v < VEC; v++) {
      int lane = LANE(v);
      C own = g ? a[lane] * gradients[v] : C(0);
      out.at[v] = store<T>(own + b[lane] * (values[v] - mean[lane]) + k[lane]);
    }
    *(Neighbours *)(d + place) = out;
  });
}
