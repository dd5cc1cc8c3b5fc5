// Functions of an element and one number for all. T: the type of elements. OP: a constant of
// BinaryOp.

#include "binary_ops.cu"
#include "walk.cu"

struct Apply {
  C scalar;
  bool first;
  __device__ T operator()(T x) const {
    return store<T>(first ? OP::of(scalar, load(x)) : OP::of(load(x), scalar));
  }
};

extern "C" __global__ void __launch_bounds__(BLOCK)
dense(const T *x, T *out, C scalar, int scalar_first, int64 size) {
  Apply apply = {scalar, scalar_first != 0};
  walk_dense(apply, size, out, x);
}

extern "C" __global__ void __launch_bounds__(BLOCK)
strided(const T *x, T *out, C scalar, int scalar_first, const Geometry<2> geometry) {
  Apply apply = {scalar, scalar_first != 0};
  walk<uint32>(apply, geometry, out, x);
}

extern "C" __global__ void __launch_bounds__(BLOCK)
wide(const T *x, T *out, C scalar, int scalar_first, const Geometry<2> geometry) {
  Apply apply = {scalar, scalar_first != 0};
  walk<int64>(apply, geometry, out, x);
}
