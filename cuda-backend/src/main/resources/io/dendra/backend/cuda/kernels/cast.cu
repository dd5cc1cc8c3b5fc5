// Conversions. FROM and TO: the types of elements.

#include "walk.cu"

// Floats to integers truncate; NaN gives 0, what is out of range the nearest bound.
template <class To, class From> struct Convert {
  static __device__ To of(From x) { return (To)x; }
};
template <class From> __device__ inline int64 truncate(From x, double low, double high, int64 least, int64 most) {
  return x != x ? 0 : x <= low ? least : x >= high ? most : (int64)x;
}
#define TRUNCATE(To, From, low, high, least, most)                       \
  template <> struct Convert<To, From> {                                 \
    static __device__ To of(From x) {                                    \
      return (To)truncate(x, low, high, least, most);                    \
    }                                                                    \
  };
#define INT64_MOST 0x7fffffffffffffffLL
TRUNCATE(int, float, -2147483648.0, 2147483648.0, -2147483647LL - 1, 2147483647LL)
TRUNCATE(int, double, -2147483648.0, 2147483647.0, -2147483647LL - 1, 2147483647LL)
TRUNCATE(int64, float, -9223372036854775808.0, 9223372036854775808.0, -INT64_MOST - 1, INT64_MOST)
TRUNCATE(int64, double, -9223372036854775808.0, 9223372036854775808.0, -INT64_MOST - 1, INT64_MOST)

// Anything to booleans: whether it is not 0. The type of computing hides that booleans are meant.
template <class To> struct Target {
  template <class V> static __device__ To of(V x) {
    return store<To>(Convert<typename Arithmetic<To>::type, V>::of(x));
  }
};
template <> struct Target<boolean> {
  template <class V> static __device__ boolean of(V x) { return x != 0; }
};

struct Apply {
  __device__ TO operator()(FROM x) const { return Target<TO>::of(load(x)); }
};

extern "C" __global__ void __launch_bounds__(BLOCK)
dense(const FROM *x, TO *out, int64 size) {
  walk_dense(Apply(), size, out, x);
}

extern "C" __global__ void __launch_bounds__(BLOCK)
strided(const FROM *x, TO *out, const Geometry<2> geometry) {
  walk<uint32>(Apply(), geometry, out, x);
}

extern "C" __global__ void __launch_bounds__(BLOCK)
wide(const FROM *x, TO *out, const Geometry<2> geometry) {
  walk<int64>(Apply(), geometry, out, x);
}
