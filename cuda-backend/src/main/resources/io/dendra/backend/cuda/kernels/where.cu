// A choice between two. T: the type of elements.

#include "walk.cu"

struct Choose {
  __device__ T operator()(boolean condition, T a, T b) const { return condition ? a : b; }
};

extern "C" __global__ void __launch_bounds__(BLOCK)
dense(const boolean *condition, const T *a, const T *b, T *out, int64 size) {
  walk_dense(Choose(), size, out, condition, a, b);
}

extern "C" __global__ void __launch_bounds__(BLOCK)
strided(const boolean *condition, const T *a, const T *b, T *out, const Geometry<4> geometry) {
  walk<uint32>(Choose(), geometry, out, condition, a, b);
}

extern "C" __global__ void __launch_bounds__(BLOCK)
wide(const boolean *condition, const T *a, const T *b, T *out, const Geometry<4> geometry) {
  walk<int64>(Choose(), geometry, out, condition, a, b);
}
