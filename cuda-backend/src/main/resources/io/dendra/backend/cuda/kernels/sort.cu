// Sorting by keys with the places as a tie-break, which makes it stable: tiles in shared memory,
// then runs are merged in pairs. T: the type of what is sorted. ORDER: how, VALUES or INDICES.

#include "index_faults.cu"

// ---- keys: unsigned numbers in the order of the values; NaN greatest, and 0 equal to -0

__device__ inline uint32 key_of(float value) {
  if (value != value) {
    return 0xffffffffu;
  }
  uint32 bits = value == 0 ? 0 : __float_as_uint(value);
  return bits >> 31 ? ~bits : bits | 0x80000000u;
}

__device__ inline uint64 key_of(double value) {
  if (value != value) {
    return ~(uint64)0;
  }
  uint64 bits = value == 0 ? 0 : (uint64)__double_as_longlong(value);
  return bits >> 63 ? ~bits : bits | (uint64)1 << 63;
}

__device__ inline uint32 key_of(int value) { return (uint32)value ^ 0x80000000u; }

__device__ inline uint64 key_of(int64 value) { return (uint64)value ^ (uint64)1 << 63; }

// ---- entries: a key and the place it comes from

template <class K> struct Entry;

template <> struct Entry<uint32> {
  uint64 bits;
  static __device__ Entry of(uint32 key, uint32 place) {
    Entry entry = {(uint64)key << 32 | place};
    return entry;
  }
  __device__ uint32 place() const { return (uint32)bits; }
  __device__ bool before(Entry other) const { return bits < other.bits; }
};

template <> struct __align__(16) Entry<uint64> {
  uint64 key;
  uint64 at;
  static __device__ Entry of(uint64 key, uint32 place) {
    Entry entry = {key, place};
    return entry;
  }
  __device__ uint32 place() const { return (uint32)at; }
  __device__ bool before(Entry other) const {
    return key < other.key || (key == other.key && at < other.at);
  }
};

// What is behind all others.
template <class K> __device__ inline Entry<K> last() { return Entry<K>::of(~(K)0, 0xffffffffu); }

struct VALUES {
  typedef decltype(key_of(Arithmetic<T>::type(0))) Key;
  static __device__ Key key(T value, int64 largest, IndexFault *, int) {
    Key key = key_of(load(value));
    return largest ? ~key : key;
  }
};

// Places of an axis of up to 2^32 - 2; those out of range come last.
struct INDICES {
  typedef uint32 Key;
  static __device__ Key key(int64 index, int64 length, IndexFault *fault, int op) {
    return within(index, length, fault, op) ? (uint32)index : 0xffffffffu;
  }
};

typedef ORDER::Key K;
typedef Entry<K> E;

// ---- steps; a lane is what is sorted by itself

// The place of an element of a lane.
__device__ inline int64 place_along(const Geometry<1> &along, int64 i) {
  if (along.rank < 2) {
    return i * along.strides[0][0];
  }
  int64 at[1];
  locate<int64, 1>(along, i, at);
  return at[0];
}

// Sorts tiles of each lane and keeps the first of each. lanes: where they begin; along: where their
// elements lie. argument: whether the largest come first, or the length of the indices' axis.
extern "C" __global__ void __launch_bounds__(BLOCK)
tiles(const T *in, E *out, int tile, int64 keep, int64 argument, IndexFault *fault, int op,
      const Geometry<1> lanes, const Geometry<1> along) {
  extern __shared__ E shared[];
  int64 count = along.size;
  int64 tiles = (count + tile - 1) / tile;
  int64 lane = blockIdx.x / tiles;
  int64 first = (blockIdx.x - lane * tiles) * tile;
  int64 at[1];
  locate<int64, 1>(lanes, lane, at);
  int valid = (int)(count - first < tile ? count - first : tile);
  for (int i = threadIdx.x; i < tile; i += blockDim.x) {
    E entry = last<K>();
    if (i < valid) {
      int64 place = first + i;
      entry = E::of(ORDER::key(in[at[0] + place_along(along, place)], argument, fault, op), (uint32)place);
    }
    shared[i] = entry;
  }
  // K. Batcher's bitonic sort, 1968.
  for (int size = 2; size <= tile; size *= 2) {
    for (int stride = size / 2; stride > 0; stride /= 2) {
      __syncthreads();
      for (int i = threadIdx.x; i < tile / 2; i += blockDim.x) {
        int low = 2 * i - (i & (stride - 1));
        E a = shared[low];
        E b = shared[low + stride];
        if (b.before(a) == ((low & size) == 0)) {
          shared[low] = b;
          shared[low + stride] = a;
        }
      }
    }
  }
  __syncthreads();
  int64 kept = (tiles - 1) * keep;
  int64 tail = count - (tiles - 1) * tile;
  int64 capacity = kept + (tail < keep ? tail : keep);
  E *run = out + lane * capacity + (first / tile) * keep;
  for (int i = threadIdx.x; i < valid && i < keep; i += blockDim.x) {
    run[i] = shared[i];
  }
}

// Merges the runs of each lane in pairs: every entry finds its place by how many of the other run
// are before it. Runs have length entries, but for the last one.
extern "C" __global__ void __launch_bounds__(BLOCK)
merge(const E *in, E *out, int64 lanes, int64 count, int64 length, int64 merged, int64 merged_count) {
  int64 i = thread_index();
  if (i >= lanes * count) {
    return;
  }
  int64 lane = i / count;
  int64 at = i - lane * count;
  int64 run = at / length;
  const E *source = in + lane * count;
  E entry = source[at];
  int64 begin = (run ^ 1) * length;
  int64 low = begin < count ? begin : count;
  int64 high = begin + length < count ? begin + length : count;
  begin = low;
  while (low < high) {
    int64 middle = (low + high) / 2;
    if (source[middle].before(entry)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  int64 rank = at - run * length + (low - begin);
  if (rank < merged) {
    out[lane * merged_count + (run / 2) * merged + rank] = entry;
  }
}

// The operands of the geometry: where a lane begins in the input, the values and the places.
extern "C" __global__ void __launch_bounds__(BLOCK)
emit(const E *entries, const T *in, T *values, int64 *places, int64 count, int64 wanted, int64 step,
     int64 value_step, int64 place_step, const Geometry<3> lanes) {
  int64 i = thread_index();
  if (i >= lanes.size * wanted) {
    return;
  }
  int64 lane = i / wanted;
  int64 k = i - lane * wanted;
  int64 at[3];
  locate<int64, 3>(lanes, lane, at);
  int64 place = entries[lane * count + k].place();
  values[at[1] + k * value_step] = in[at[0] + place * step];
  places[at[2] + k * place_step] = place;
}
