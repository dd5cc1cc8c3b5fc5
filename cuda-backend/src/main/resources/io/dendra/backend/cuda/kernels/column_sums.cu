// Sums the columns of partial sums [parts, 2, length], in order. T: the type of elements.

typedef Arithmetic<T>::type C;

#define WIDTH 32
#define DEPTH (BLOCK / WIDTH)

// The first `length` columns go to `a`, the others to `b`; either may be 0.
extern "C" __global__ void __launch_bounds__(BLOCK)
columns(const C *sums, int parts, int length, T *a, int64 a_step, T *b, int64 b_step) {
  __shared__ C shared[DEPTH][WIDTH];
  int x = threadIdx.x % WIDTH;
  int y = threadIdx.x / WIDTH;
  int column = blockIdx.x * WIDTH + x;
  C sum = 0;
  if (column < 2 * length) {
    for (int part = y; part < parts; part += DEPTH) {
      sum += sums[(int64)part * 2 * length + column];
    }
  }
  shared[y][x] = sum;
  __syncthreads();
  if (y == 0 && column < 2 * length) {
    for (int k = 1; k < DEPTH; k++) {
      sum += shared[k][x];
    }
    T *to = column < length ? a : b;
    if (to) {
      to[(column % length) * (column < length ? a_step : b_step)] = store<T>(sum);
    }
  }
}
