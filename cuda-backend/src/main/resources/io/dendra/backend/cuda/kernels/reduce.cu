// Many elements to one. T: the type of elements. OP: a constant of ReduceOp or of ArgReduceOp.
// I: the type of places, uint32 or int64.

typedef Arithmetic<T>::type C;

// ---- what an op gathers (A), in any order of merging, and what it makes of it (R)

template <class V> struct Total { typedef V type; };
template <> struct Total<int> { typedef int64 type; };

template <class V> struct Bounds;
template <> struct Bounds<float> {
  static __device__ float least() { return -INFINITE; }
  static __device__ float most() { return INFINITE; }
};
template <> struct Bounds<double> {
  static __device__ double least() { return -INFINITE; }
  static __device__ double most() { return INFINITE; }
};
template <> struct Bounds<int> {
  static __device__ int least() { return -0x7fffffff - 1; }
  static __device__ int most() { return 0x7fffffff; }
};
template <> struct Bounds<int64> {
  static __device__ int64 least() { return -0x7fffffffffffffffLL - 1; }
  static __device__ int64 most() { return 0x7fffffffffffffffLL; }
};

struct SUM {
  typedef Total<C>::type A;
  typedef T R;
  static __device__ A none() { return 0; }
  static __device__ A of(C value, I) { return value; }
  static __device__ A merge(A a, A b) { return a + b; }
  static __device__ R result(A total) { return store<T>((C)total); }
};

struct PROD : SUM {
  static __device__ A none() { return 1; }
  static __device__ A merge(A a, A b) { return a * b; }
};

struct MAX {
  typedef C A;
  typedef T R;
  static __device__ A none() { return Bounds<C>::least(); }
  static __device__ A of(C value, I) { return value; }
  static __device__ A merge(A a, A b) { return f_max(a, b); }
  static __device__ R result(A total) { return store<T>(total); }
};

struct MIN : MAX {
  static __device__ A none() { return Bounds<C>::most(); }
  static __device__ A merge(A a, A b) { return f_min(a, b); }
};

struct ANY : MAX {
  static __device__ A none() { return 0; }
};

struct ALL : MIN {
  static __device__ A none() { return 1; }
};

// The extreme and its place; the first of equals, and the first NaN if there is one.
struct Extreme {
  C value;
  I place;
};

template <bool LARGEST> struct Place {
  typedef Extreme A;
  typedef int64 R;
  static const I NOWHERE = (I)-1;
  static __device__ A none() { return of(0, NOWHERE); }
  static __device__ A of(C value, I place) {
    A result = {value, place};
    return result;
  }
  static __device__ bool better(A a, A b) {
    if (a.place == NOWHERE || b.place == NOWHERE) {
      return b.place == NOWHERE;
    }
    bool left = a.value != a.value;
    bool right = b.value != b.value;
    if (left != right) {
      return left;
    }
    if (left || a.value == b.value) {
      return a.place < b.place;
    }
    return LARGEST ? a.value > b.value : a.value < b.value;
  }
  static __device__ A merge(A a, A b) { return better(a, b) ? a : b; }
  static __device__ R result(A total) { return total.place; }
};

typedef Place<true> ARGMAX;
typedef Place<false> ARGMIN;

typedef OP::A A;
typedef OP::R R;

template <class V> __device__ inline V exchange(V value, int mask) {
  return __shfl_xor_sync(0xffffffff, value, mask);
}
__device__ inline Extreme exchange(Extreme extreme, int mask) {
  Extreme result = {exchange(extreme.value, mask), exchange(extreme.place, mask)};
  return result;
}

// ---- the threads of a block: width outputs, BLOCK / width threads for each. The threads of an
// output are neighbours where its elements are (along), else the threads of neighbouring outputs.

struct Team {
  int width;
  int threads;
  bool along;
  int output;
  int thread;

  __device__ Team(int width, bool along) : width(width), threads(BLOCK / width), along(along) {
    int t = threadIdx.x;
    output = along ? t / threads : t % width;
    thread = along ? t % threads : t / width;
  }

  // What all threads of an output have gathered; for its thread 0.
  __device__ A merge(A total) const {
    int low = along ? 1 : width;
    int high = along && threads < 32 ? threads : 32;
    for (int mask = low; mask < high; mask *= 2) {
      total = OP::merge(total, exchange(total, mask));
    }
    int step = along || width < 32 ? 32 : width;
    int end = along ? threads : BLOCK;
    if (step < end) {
      __shared__ A parts[BLOCK];
      parts[threadIdx.x] = total;
      __syncthreads();
      if (thread == 0) {
        for (int k = step; k < end; k += step) {
          total = OP::merge(total, parts[threadIdx.x + k]);
        }
      }
    }
    return total;
  }

  // Writes the result, or what this slice of the elements has come to.
  __device__ void finish(A total, I output, const Geometry<2> &kept, I place, void *out) const {
    total = merge(total);
    if (thread == 0 && output < (I)kept.size) {
      if (gridDim.y > 1) {
        ((A *)out)[blockIdx.y * (I)kept.size + output] = total;
      } else {
        ((R *)out)[place] = OP::result(total);
      }
    }
  }
};

// ---- walking over the elements of one output, some at a time

struct Walk {
  I place;
  I inner;
  I dim;
  I inner_step;
  I step;
  I carry;

  __device__ Walk(const Geometry<1> &reduced, I first, I by) {
    int last = reduced.size == 0 ? -1 : (int)reduced.rank - 1;
    dim = last < 0 ? 1 : (I)reduced.dims[last];
    I stride = last < 0 ? 0 : (I)reduced.strides[0][last];
    I outer_stride = last < 1 ? 0 : (I)reduced.strides[0][last - 1];
    I outer = first / dim;
    inner = first - outer * dim;
    place = outer * outer_stride + inner * stride;
    I outer_step = by / dim;
    inner_step = by - outer_step * dim;
    step = outer_step * outer_stride + inner_step * stride;
    carry = outer_stride - dim * stride;
  }

  __device__ I next() {
    I here = place;
    place += step;
    inner += inner_step;
    if (inner >= dim) {
      inner -= dim;
      place += carry;
    }
    return here;
  }
};

__device__ inline I smaller(I a, I b) { return a < b ? a : b; }

extern "C" __global__ void __launch_bounds__(BLOCK)
strided(const T *in, void *out, int64 chunk, int width, int along,
        const Geometry<2> kept, const Geometry<1> reduced) {
  Team team(width, along != 0);
  I output = (I)blockIdx.x * width + team.output;
  I places[2] = {0, 0};
  A total = OP::none();
  if (output < (I)kept.size) {
    locate<I, 2>(kept, output, places);
    const T *from = in + places[0];
    I by = team.threads;
    I i = blockIdx.y * (I)chunk + team.thread;
    I end = smaller((blockIdx.y + 1) * (I)chunk, (I)reduced.size);
    if (reduced.rank > 2) {
      for (; i < end; i += by) {
        I at[1];
        locate<I, 1>(reduced, i, at);
        total = OP::merge(total, OP::of(load(from[at[0]]), i));
      }
    } else {
      Walk walk(reduced, i, by);
      A second = OP::none();
      A third = OP::none();
      A fourth = OP::none();
      for (; i + 3 * by < end; i += 4 * by) {
        C a = load(from[walk.next()]);
        C b = load(from[walk.next()]);
        C c = load(from[walk.next()]);
        C d = load(from[walk.next()]);
        total = OP::merge(total, OP::of(a, i));
        second = OP::merge(second, OP::of(b, i + by));
        third = OP::merge(third, OP::of(c, i + 2 * by));
        fourth = OP::merge(fourth, OP::of(d, i + 3 * by));
      }
      for (; i < end; i += by) {
        total = OP::merge(total, OP::of(load(from[walk.next()]), i));
      }
      total = OP::merge(OP::merge(total, second), OP::merge(third, fourth));
    }
  }
  team.finish(total, output, kept, places[1], out);
}

// Where the elements of an output lie side by side, aligned to packs.
extern "C" __global__ void __launch_bounds__(BLOCK)
packed(const T *in, void *out, int64 chunk, int width, const Geometry<2> kept, int64 count) {
  Team team(width, true);
  I output = (I)blockIdx.x * width + team.output;
  I places[2] = {0, 0};
  A totals[PACK];
  for (int k = 0; k < PACK; k++) {
    totals[k] = OP::none();
  }
  if (output < (I)kept.size) {
    locate<I, 2>(kept, output, places);
    const T *from = in + places[0];
    I begin = blockIdx.y * (I)chunk;
    I end = smaller(begin + (I)chunk, (I)count);
    I i = begin + team.thread * PACK;
#pragma unroll 4
    for (; i + PACK <= end; i += team.threads * PACK) {
      Pack<T> pack = *(const Pack<T> *)(from + i);
      for (int k = 0; k < PACK; k++) {
        totals[k] = OP::merge(totals[k], OP::of(load(pack.at[k]), i + k));
      }
    }
    for (; i < end; i++) {
      totals[0] = OP::merge(totals[0], OP::of(load(from[i]), i));
    }
  }
  A total = OP::merge(OP::merge(totals[0], totals[1]), OP::merge(totals[2], totals[3]));
  team.finish(total, output, kept, places[1], out);
}

// What the slices of the elements have come to.
extern "C" __global__ void __launch_bounds__(BLOCK)
finish(const A *parts, void *out, int64 slices, int width, const Geometry<2> kept) {
  Team team(width, false);
  I output = (I)blockIdx.x * width + team.output;
  I places[2] = {0, 0};
  A total = OP::none();
  if (output < (I)kept.size) {
    locate<I, 2>(kept, output, places);
    for (I i = team.thread; i < (I)slices; i += team.threads) {
      total = OP::merge(total, parts[i * (I)kept.size + output]);
    }
  }
  team.finish(total, output, kept, places[1], out);
}
