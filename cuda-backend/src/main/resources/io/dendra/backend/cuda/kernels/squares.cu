// The sum of squares of many tensors. T: the type of elements.

#define TENSORS 128
#define PACKS 4
#define CHUNK (BLOCK * PACK * PACKS)

// Tensors without gaps.
struct Table {
  int64 count;
  int64 at[TENSORS];
  int64 size[TENSORS];
  int64 blocks[TENSORS];  // the number of blocks of those before
};

// In float64, in which the square of no finite float32 overflows.
__device__ inline double square(T value) {
  double x = load(value);
  return x * x;
}

__device__ inline double across(double value) {
  __shared__ double parts[BLOCK / 32];
  for (int m = 16; m > 0; m /= 2) {
    value += __shfl_xor_sync(0xffffffff, value, m);
  }
  __syncthreads();
  if (threadIdx.x % 32 == 0) {
    parts[threadIdx.x / 32] = value;
  }
  __syncthreads();
  value = 0;
  for (int k = 0; k < BLOCK / 32; k++) {
    value += parts[k];
  }
  return value;
}

// Every block leaves its sum; the last of all launches adds them up, in order.
extern "C" __global__ void __launch_bounds__(BLOCK)
squares(const Table table, double *partials, int64 first, int64 all, uint32 *counter,
    double *out) {
  int low = 0;
  int high = (int)table.count - 1;
  while (low < high) {
    int middle = (low + high + 1) / 2;
    if (table.blocks[middle] <= blockIdx.x) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  const T *x = (const T *)table.at[low];
  int64 size = table.size[low];
  int64 start = (blockIdx.x - table.blocks[low]) * CHUNK;
  double sum = 0;
  if (table.at[low] % sizeof(Pack<T>) == 0 && start + CHUNK <= size) {
    Pack<T> packs[PACKS];
#pragma unroll
    for (int r = 0; r < PACKS; r++) {
      packs[r] = *(const Pack<T> *)(x + start + (r * BLOCK + threadIdx.x) * PACK);
    }
#pragma unroll
    for (int r = 0; r < PACKS; r++) {
      for (int k = 0; k < PACK; k++) {
        sum += square(packs[r].at[k]);
      }
    }
  } else {
    int64 end = start + CHUNK < size ? start + CHUNK : size;
    for (int64 i = start + threadIdx.x; i < end; i += BLOCK) {
      sum += square(x[i]);
    }
  }
  sum = across(sum);
  __shared__ bool last;
  if (threadIdx.x == 0) {
    partials[first + blockIdx.x] = sum;
    __threadfence();
    last = atomicAdd(counter, 1u) == all - 1;
  }
  __syncthreads();
  if (last) {
    __threadfence();
    double total = 0;
    for (int64 i = threadIdx.x; i < all; i += BLOCK) {
      total += partials[i];
    }
    total = across(total);
    if (threadIdx.x == 0) {
      *out = total;
      *counter = 0;
    }
  }
}
