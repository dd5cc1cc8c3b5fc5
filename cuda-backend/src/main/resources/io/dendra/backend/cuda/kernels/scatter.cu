// Adds updates to the places of an axis that indices name. The indices come sorted, each with the
// place it was at, so that every sum is made by itself, in the order of the indices where they are
// few. T: the type of elements. I: the type of places, uint32 or int64.

#define MANY 64

typedef Arithmetic<T>::type C;

__device__ inline uint32 index_of(uint64 entry) { return (uint32)(entry >> 32); }

struct Updates {
  const T *from;
  const uint64 *entries;
  I slice;

  __device__ C at(const Geometry<2> &along, I entry) const {
    I place = (uint32)entries[entry];
    if (along.rank < 2) {
      return load(from[slice + place * (I)along.strides[1][0]]);
    }
    I at[2];
    locate<I, 2>(along, place, at);
    return load(from[slice + at[1]]);
  }
};

// Sums of up to MANY updates, a thread for each element of each index. along: the places of indices
// and of updates. slices: those of updates and of out, within what one index takes.
extern "C" __global__ void __launch_bounds__(BLOCK)
few(const uint64 *entries, const T *updates, T *out, int64 length, int64 step,
    const Geometry<2> along, const Geometry<2> slices) {
  I i = (I)thread_index();
  I count = (I)along.size;
  if (i >= count * (I)slices.size) {
    return;
  }
  I first = i / (I)slices.size;
  uint32 index = index_of(entries[first]);
  bool begins = first == 0 || index_of(entries[first - 1]) != index;
  bool many = first + MANY < count && index_of(entries[first + MANY]) == index;
  if (!begins || many || index >= length) {
    return;
  }
  I at[2];
  locate<I, 2>(slices, i - first * (I)slices.size, at);
  Updates from = {updates, entries, at[0]};
  C sum = 0;
  for (I entry = first; entry < count && index_of(entries[entry]) == index; entry++) {
    sum += from.at(along, entry);
  }
  out[at[1] + index * (I)step] = store<T>(sum);
}

__device__ inline I first_from(const uint64 *entries, I count, uint64 index) {
  I low = 0;
  I high = count;
  while (low < high) {
    I middle = low + (high - low) / 2;
    if (entries[middle] >> 32 < index) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

// Sums of more updates, a block for each index and some of its elements. Blocks look at every entry
// in MANY; the first of an index with so many entries takes it.
extern "C" __global__ void __launch_bounds__(BLOCK)
many(const uint64 *entries, const T *updates, T *out, int64 length, int64 step, int width,
     const Geometry<2> along, const Geometry<2> slices) {
  __shared__ C sums[BLOCK];
  I count = (I)along.size;
  I tiles = ((I)slices.size + width - 1) / width;
  I look = (I)blockIdx.x / tiles;
  I here = look * MANY;
  uint32 index = index_of(entries[here]);
  I first = first_from(entries, count, index);
  I end = first_from(entries, count, (uint64)index + 1);
  if (index >= length || end - first <= MANY || (first + MANY - 1) / MANY * MANY != here) {
    return;
  }
  I slice = ((I)blockIdx.x - look * tiles) * width + threadIdx.x % width;
  I at[2] = {0, 0};
  C sum = 0;
  if (slice < (I)slices.size) {
    locate<I, 2>(slices, slice, at);
    Updates from = {updates, entries, at[0]};
#pragma unroll 4
    for (I entry = first + threadIdx.x / width; entry < end; entry += BLOCK / width) {
      sum += from.at(along, entry);
    }
  }
  sums[threadIdx.x] = sum;
  __syncthreads();
  for (int half = BLOCK / 2; half >= width; half /= 2) {
    if (threadIdx.x < half) {
      sums[threadIdx.x] += sums[threadIdx.x + half];
    }
    __syncthreads();
  }
  if (threadIdx.x < width && slice < (I)slices.size) {
    out[at[1] + index * (I)step] = store<T>(sums[threadIdx.x]);
  }
}
