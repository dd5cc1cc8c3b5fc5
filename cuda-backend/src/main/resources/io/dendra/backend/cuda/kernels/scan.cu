// Running sums along an axis. T: the type of elements. Floats are summed in float64, since the last
// sums have gone through as many additions as there are elements.

typedef Arithmetic<T>::type C;

template <class V> struct Running { typedef double type; };
template <> struct Running<int> { typedef int64 type; };
template <> struct Running<int64> { typedef int64 type; };
typedef Running<C>::type A;

#define EACH 4
#define CHUNK (BLOCK * EACH)

// The elements of a lane: their number, the steps between them in both operands, and what is asked.
struct Lane {
  int64 count;
  int64 step;
  int64 out_step;
  int64 exclusive;
  int64 reverse;

  __device__ int64 at(int64 i) const { return reverse ? count - 1 - i : i; }
};

// A thread for each lane. The operands of the geometry: where lanes begin in both operands.
extern "C" __global__ void __launch_bounds__(BLOCK)
by_thread(const T *in, T *out, const Lane lane, const Geometry<2> lanes) {
  int64 number = thread_index();
  if (number >= lanes.size) {
    return;
  }
  int64 at[2];
  locate<int64, 2>(lanes, number, at);
  A sum = 0;
#pragma unroll 4
  for (int64 i = 0; i < lane.count; i++) {
    int64 k = lane.at(i);
    A before = sum;
    sum += load(in[at[0] + k * lane.step]);
    out[at[1] + k * lane.out_step] = store<T>((C)(lane.exclusive ? before : sum));
  }
}

// The sum of what the threads before this one in the block have; all is what all have.
__device__ inline A before_in_block(A mine, A &all) {
  __shared__ A sums[BLOCK / 32];
  int t = threadIdx.x & 31;
  A sum = mine;
  for (int step = 1; step < 32; step *= 2) {
    A other = __shfl_up_sync(0xffffffff, sum, step);
    if (t >= step) {
      sum += other;
    }
  }
  if (t == 31) {
    sums[threadIdx.x / 32] = sum;
  }
  __syncthreads();
  A warps = 0;
  all = 0;
  for (int w = 0; w < BLOCK / 32; w++) {
    if (w < threadIdx.x / 32) {
      warps += sums[w];
    }
    all += sums[w];
  }
  __syncthreads();
  A before = __shfl_up_sync(0xffffffff, sum, 1);
  return warps + (t == 0 ? 0 : before);
}

// The sum of each chunk of each lane, where lanes are cut into several.
extern "C" __global__ void __launch_bounds__(BLOCK)
totals(const T *in, A *sums, int64 chunks, int64 chunk, const Lane lane, const Geometry<2> lanes) {
  int64 number = blockIdx.x / chunks;
  int64 first = (blockIdx.x - number * chunks) * chunk;
  int64 end = first + chunk < lane.count ? first + chunk : lane.count;
  int64 at[2];
  locate<int64, 2>(lanes, number, at);
  A sum = 0;
#pragma unroll 4
  for (int64 i = first + threadIdx.x; i < end; i += BLOCK) {
    sum += load(in[at[0] + lane.at(i) * lane.step]);
  }
  A all;
  before_in_block(sum, all);
  if (threadIdx.x == 0) {
    sums[blockIdx.x] = all;
  }
}

// A block for each chunk of each lane; sums has the totals of chunks where there are several.
extern "C" __global__ void __launch_bounds__(BLOCK)
by_block(const T *in, T *out, const A *sums, int64 chunks, int64 chunk, const Lane lane,
         const Geometry<2> lanes) {
  int64 number = blockIdx.x / chunks;
  int64 place = blockIdx.x - number * chunks;
  int64 at[2];
  locate<int64, 2>(lanes, number, at);
  A carried = 0;
  for (int64 c = threadIdx.x; c < place; c += BLOCK) {
    carried += sums[number * chunks + c];
  }
  A running;
  before_in_block(carried, running);
  int64 end = (place + 1) * chunk < lane.count ? (place + 1) * chunk : lane.count;
  __shared__ A values[CHUNK];
  for (int64 first = place * chunk; first < end; first += CHUNK) {
    // Read side by side, then summed EACH to a thread.
    for (int k = threadIdx.x; k < CHUNK; k += BLOCK) {
      int64 i = first + k;
      values[k] = i < end ? (A)load(in[at[0] + lane.at(i) * lane.step]) : 0;
    }
    __syncthreads();
    A mine[EACH];
    A sum = 0;
    for (int k = 0; k < EACH; k++) {
      A value = values[threadIdx.x * EACH + k];
      mine[k] = lane.exclusive ? sum : sum + value;
      sum += value;
    }
    A all;
    A before = running + before_in_block(sum, all);
    for (int k = 0; k < EACH; k++) {
      values[threadIdx.x * EACH + k] = before + mine[k];
    }
    running += all;
    __syncthreads();
    for (int k = threadIdx.x; k < CHUNK; k += BLOCK) {
      int64 i = first + k;
      if (i < end) {
        out[at[1] + lane.at(i) * lane.out_step] = store<T>((C)values[k]);
      }
    }
    __syncthreads();
  }
}
