// Rows for groups of GROUP threads, a power of two: each thread has PER elements of its row in
// registers, VEC neighbours at a time; where PER is 0 it reads them whenever they are needed.

#define THREADS (GROUP > 128 ? GROUP : 128)
#define ROWS (THREADS / GROUP)
#define UNROLL _Pragma("unroll")

typedef Arithmetic<T>::type C;

struct Sum { template <class V> static __device__ V of(V a, V b) { return a + b; } };
struct Max { template <class V> static __device__ V of(V a, V b) { return f_max(a, b); } };

struct __align__(sizeof(T) * VEC) Neighbours {
  T at[VEC];
};

__device__ inline int lane() { return threadIdx.x % GROUP; }

// The row of this thread's group in the first round.
__device__ inline int64 first_row() { return (int64)blockIdx.x * ROWS + threadIdx.x / GROUP; }

// The place in the row of a thread's element k.
__device__ inline int column(int k) { return (k / VEC * GROUP + lane()) * VEC + k % VEC; }

// Combines a number of each thread of the group, the same way for each of them.
template <class Op, class V> __device__ inline V across(V value) {
  UNROLL for (int m = (GROUP < 32 ? GROUP : 32) / 2; m > 0; m /= 2) {
    value = Op::of(value, __shfl_xor_sync(0xffffffff, value, m));
  }
#if GROUP > 32
  __shared__ V parts[THREADS / 32];
  const int warps = GROUP / 32;
  __syncthreads();
  if (threadIdx.x % 32 == 0) {
    parts[threadIdx.x / 32] = value;
  }
  __syncthreads();
  value = parts[threadIdx.x / GROUP * warps + threadIdx.x % warps];
  UNROLL for (int m = warps / 2; m > 0; m /= 2) {
    value = Op::of(value, __shfl_xor_sync(0xffffffff, value, m));
  }
#endif
  return value;
}

// A row that is read; `length` is 0 for a group that has none.
struct Row {
  const T *from;
  int64 stride;
  int length;
#if PER > 0
  C values[PER];

  __device__ void open(const T *x, int64 step, int n) {
    from = x;
    stride = step;
    length = n;
    UNROLL for (int k = 0; k < PER; k += VEC) {
      if (column(k) < n) {
#if VEC > 1
        Neighbours in = *(const Neighbours *)(x + column(k));
        UNROLL for (int j = 0; j < VEC; j++) {
          values[k + j] = load(in.at[j]);
        }
#else
        values[k] = load(x[column(k) * step]);
#endif
      }
    }
  }

  __device__ C at(int k) const { return values[k]; }
#else
  __device__ void open(const T *x, int64 step, int n) {
    from = x;
    stride = step;
    length = n;
  }

  __device__ C at(int k) const { return load(from[column(k) * stride]); }
#endif
};

// Goes over a thread's elements of a row.
#if PER > 0
#define EACH(k, length) UNROLL for (int k = 0; k < PER; k++) if (column(k) < (length))
#else
#define EACH(k, length) for (int k = 0; column(k) < (length); k++)
#endif

// Writes f(k) to the place of each element k.
template <class F> __device__ inline void write_row(T *to, int64 stride, int length, F f) {
#if VEC > 1
  UNROLL for (int k = 0; k < PER; k += VEC) {
    if (column(k) < length) {
      Neighbours out;
      UNROLL for (int j = 0; j < VEC; j++) {
        out.at[j] = store<T>(f(k + j));
      }
      *(Neighbours *)(to + column(k)) = out;
    }
  }
#else
  EACH(k, length) { to[column(k) * stride] = store<T>(f(k)); }
#endif
}

// The places of a row in N operands, whose dimensions without the row's are in the geometry.
template <int N>
__device__ inline void locate_row(const Geometry<N> &geometry, int64 row, int64 (&places)[N]) {
  if (geometry.rank <= 1) {
    UNROLL for (int k = 0; k < N; k++) {
      places[k] = geometry.rank == 0 ? 0 : row * geometry.strides[k][0];
    }
  } else {
    locate<int64, N>(geometry, row, places);
  }
}
