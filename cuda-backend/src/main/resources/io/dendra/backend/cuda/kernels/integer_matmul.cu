// Products of matrices of integers. T: int or int64. Sums wrap around, as they do in Java.

#define TILE 16
#define ROWS 4

// The lengths of the product and the strides of rows and columns.
struct Matrices {
  int64 rows;
  int64 inner;
  int64 columns;
  int64 left[2];
  int64 right[2];
  int64 out[2];
};

// A tile of 64 by 16 numbers for each block, 4 rows of it for each thread. The operands of the
// geometry: where the matrices of a batch begin.
extern "C" __global__ void __launch_bounds__(BLOCK)
product(const T *left, const T *right, T *out, const Matrices m, const Geometry<3> batch) {
  __shared__ T a[TILE * ROWS][TILE + 1];
  __shared__ T b[TILE][TILE + 1];
  int64 tiles = (m.columns + TILE - 1) / TILE;
  int64 column = blockIdx.x % tiles * TILE;
  int64 row = blockIdx.x / tiles * (TILE * ROWS);
  int x = threadIdx.x % TILE;
  int y = threadIdx.x / TILE;
  for (int64 number = blockIdx.y; number < batch.size; number += gridDim.y) {
    int64 at[3];
    locate<int64, 3>(batch, number, at);
    uint64 sums[ROWS] = {};
    for (int64 k = 0; k < m.inner; k += TILE) {
      for (int r = 0; r < ROWS; r++) {
        int64 i = row + y + r * TILE;
        bool inside = i < m.rows && k + x < m.inner;
        a[y + r * TILE][x] = inside ? left[at[0] + i * m.left[0] + (k + x) * m.left[1]] : 0;
      }
      bool inside = k + y < m.inner && column + x < m.columns;
      b[y][x] = inside ? right[at[1] + (k + y) * m.right[0] + (column + x) * m.right[1]] : 0;
      __syncthreads();
      for (int n = 0; n < TILE; n++) {
        for (int r = 0; r < ROWS; r++) {
          sums[r] += (uint64)a[y + r * TILE][n] * (uint64)b[n][x];
        }
      }
      __syncthreads();
    }
    for (int r = 0; r < ROWS; r++) {
      int64 i = row + y + r * TILE;
      if (i < m.rows && column + x < m.columns) {
        out[at[2] + i * m.out[0] + (column + x) * m.out[1]] = (T)sums[r];
      }
    }
  }
}
