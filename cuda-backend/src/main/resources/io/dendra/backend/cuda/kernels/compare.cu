// Comparisons. T: the type of elements. OP: a constant of CompareOp.

#include "walk.cu"

struct EQ { template <class V> static __device__ bool of(V a, V b) { return a == b; } };
struct NE { template <class V> static __device__ bool of(V a, V b) { return a != b; } };
struct LT { template <class V> static __device__ bool of(V a, V b) { return a < b; } };
struct LE { template <class V> static __device__ bool of(V a, V b) { return a <= b; } };
struct GT { template <class V> static __device__ bool of(V a, V b) { return a > b; } };
struct GE { template <class V> static __device__ bool of(V a, V b) { return a >= b; } };

struct Apply {
  __device__ boolean operator()(T a, T b) const { return OP::of(load(a), load(b)); }
};

extern "C" __global__ void __launch_bounds__(BLOCK)
dense(const T *a, const T *b, boolean *out, int64 size) {
  walk_dense(Apply(), size, out, a, b);
}

extern "C" __global__ void __launch_bounds__(BLOCK)
strided(const T *a, const T *b, boolean *out, const Geometry<3> geometry) {
  walk<uint32>(Apply(), geometry, out, a, b);
}

extern "C" __global__ void __launch_bounds__(BLOCK)
wide(const T *a, const T *b, boolean *out, const Geometry<3> geometry) {
  walk<int64>(Apply(), geometry, out, a, b);
}
