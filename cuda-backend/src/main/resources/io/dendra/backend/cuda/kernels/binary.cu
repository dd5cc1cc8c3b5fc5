// Functions of two numbers. T: the type of elements. OP: a constant of BinaryOp.

#include "binary_ops.cu"
#include "walk.cu"

struct Apply {
  __device__ T operator()(T a, T b) const { return store<T>(OP::of(load(a), load(b))); }
};

extern "C" __global__ void __launch_bounds__(BLOCK)
dense(const T *a, const T *b, T *out, int64 size) {
  walk_dense(Apply(), size, out, a, b);
}

extern "C" __global__ void __launch_bounds__(BLOCK)
strided(const T *a, const T *b, T *out, const Geometry<3> geometry) {
  walk<uint32>(Apply(), geometry, out, a, b);
}

extern "C" __global__ void __launch_bounds__(BLOCK)
wide(const T *a, const T *b, T *out, const Geometry<3> geometry) {
  walk<int64>(Apply(), geometry, out, a, b);
}
