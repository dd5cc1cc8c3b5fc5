// Layer normalisation over the last axis. T: the type of elements; PARAMETER: that of gamma and
// beta; GROUP, PER, VEC: as rows.cu says, PER not 0.

#include "rows.cu"

struct __align__(sizeof(PARAMETER) * VEC) Parameters {
  PARAMETER at[VEC];
};

// The elements of a vector that belong to this thread's columns.
__device__ inline void columns(const PARAMETER *x, int64 step, int length, C (&values)[PER]) {
  UNROLL for (int k = 0; k < PER; k += VEC) {
    if (column(k) < length) {
#if VEC > 1
      Parameters in = *(const Parameters *)(x + column(k));
      UNROLL for (int j = 0; j < VEC; j++) {
        values[k + j] = load(in.at[j]);
      }
#else
      values[k] = load(x[column(k) * step]);
#endif
    }
  }
}

struct Moments {
  C mean;
  C inverse;

  // Two passes over the registers: no digits are lost where the mean is far from 0.
  __device__ Moments(const Row &row, int length, double epsilon) {
    C sum = 0;
    EACH(k, row.length) { sum += row.at(k); }
    mean = across<Sum>(sum) / length;
    C squares = 0;
    EACH(k, row.length) {
      C distance = row.at(k) - mean;
      squares += distance * distance;
    }
    inverse = 1 / f_sqrt(across<Sum>(squares) / length + (C)epsilon);
  }
};

extern "C" __global__ void __launch_bounds__(THREADS)
forward(const T *x, int64 x_row, int64 x_step, const PARAMETER *gamma, int64 gamma_step, const PARAMETER *beta,
    int64 beta_step, T *y, int64 y_row, int64 y_step, int64 rows, int length, double epsilon) {
  int64 i = first_row();
  bool there = i < rows;
  int n = there ? length : 0;
  Row row;
  row.open(there ? x + i * x_row : x, x_step, n);
  Moments moments(row, length, epsilon);
  C scale[PER];
  C shift[PER];
  columns(gamma, gamma_step, length, scale);
  columns(beta, beta_step, length, shift);
  write_row(there ? y + i * y_row : y, y_step, n, [&](int k) {
    return (row.at(k) - moments.mean) * moments.inverse * scale[k] + shift[k];
  });
}

// Adds up what the groups of a block have for a column and writes it for the block.
__device__ inline void gather(const C (&values)[PER], int length, C *to) {
#if GROUP < 128
  __shared__ C parts[THREADS * PER];
  __syncthreads();
  UNROLL for (int k = 0; k < PER; k++) {
    parts[k * THREADS + threadIdx.x] = values[k];
  }
  __syncthreads();
  if (threadIdx.x < GROUP) {
    UNROLL for (int k = 0; k < PER; k++) {
      if (column(k) < length) {
        C sum = 0;
        for (int row = 0; row < ROWS; row++) {
          sum += parts[k * THREADS + row * GROUP + threadIdx.x];
        }
        to[column(k)] = sum;
      }
    }
  }
#else
  UNROLL for (int k = 0; k < PER; k++) {
    if (column(k) < length) {
      to[column(k)] = values[k];
    }
  }
#endif
}

// With h = (x - mean) / deviation and w = g gamma: d = (w - mean(w) - h mean(w h)) / deviation.
// Each block takes every gridDim-th round of rows and leaves its sums of g h and g in `sums`,
// [blocks, 2, length]. d and sums may be 0.
extern "C" __global__ void __launch_bounds__(THREADS)
backward(const T *x, int64 x_row, int64 x_step, const PARAMETER *gamma, int64 gamma_step, const T *g,
    int64 g_row, int64 g_step, T *d, int64 d_row, int64 d_step, C *sums, int64 rows, int length,
    double epsilon) {
  C scale[PER];
  C by_gamma[PER];
  C by_beta[PER];
  columns(gamma, gamma_step, length, scale);
  UNROLL for (int k = 0; k < PER; k++) {
    by_gamma[k] = 0;
    by_beta[k] = 0;
  }
  for (int64 first = (int64)blockIdx.x * ROWS; first < rows; first += (int64)gridDim.x * ROWS) {
    int64 i = first + threadIdx.x / GROUP;
    bool there = i < rows;
    int n = there ? length : 0;
    Row row;
    Row gradient;
    row.open(there ? x + i * x_row : x, x_step, n);
    gradient.open(there ? g + i * g_row : g, g_step, n);
    Moments moments(row, length, epsilon);
    C sum = 0;
    C product = 0;
    EACH(k, n) {
      C h = (row.at(k) - moments.mean) * moments.inverse;
      C weighted = gradient.at(k) * scale[k];
      by_gamma[k] += gradient.at(k) * h;
      by_beta[k] += gradient.at(k);
      sum += weighted;
      product += weighted * h;
    }
    if (d) {
      C mean = across<Sum>(sum) / length;
      C slope = across<Sum>(product) / length;
      write_row(there ? d + i * d_row : d, d_step, n, [&](int k) {
        C h = (row.at(k) - moments.mean) * moments.inverse;
        return (gradient.at(k) * scale[k] - mean - h * slope) * moments.inverse;
      });
    }
  }
  if (sums) {
    gather(by_gamma, length, sums + (int64)blockIdx.x * 2 * length);
    gather(by_beta, length, sums + ((int64)blockIdx.x * 2 + 1) * length);
  }
}
