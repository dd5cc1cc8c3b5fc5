// Functions of an element and one number for all. T: the type of elements. OP: a constant of
// BinaryOp.

#include "binary_ops.cu"

__device__ inline T apply(T x, C scalar, int scalar_first) {
  return store<T>(scalar_first ? OP::of(scalar, load(x)) : OP::of(load(x), scalar));
}

extern "C" __global__ void __launch_bounds__(BLOCK)
dense(const T *x, T *out, C scalar, int scalar_first, int64 size) {
  int64 i = thread_index() * PACK;
  if (i + PACK <= size) {
    Pack<T> in = *(const Pack<T> *)(x + i);
    Pack<T> result;
    for (int k = 0; k < PACK; k++) {
      result.at[k] = apply(in.at[k], scalar, scalar_first);
    }
    *(Pack<T> *)(out + i) = result;
  } else {
    for (; i < size; i++) {
      out[i] = apply(x[i], scalar, scalar_first);
    }
  }
}

template <class I>
__device__ inline void walk(
    const T *x, T *out, C scalar, int scalar_first, const Geometry<2> &geometry) {
  I i = (I)thread_index();
  if (i < (I)geometry.size) {
    I at[2];
    locate<I, 2>(geometry, i, at);
    out[at[1]] = apply(x[at[0]], scalar, scalar_first);
  }
}

extern "C" __global__ void __launch_bounds__(BLOCK)
strided(const T *x, T *out, C scalar, int scalar_first, const Geometry<2> geometry) {
  walk<uint32>(x, out, scalar, scalar_first, geometry);
}

extern "C" __global__ void __launch_bounds__(BLOCK)
wide(const T *x, T *out, C scalar, int scalar_first, const Geometry<2> geometry) {
  walk<int64>(x, out, scalar, scalar_first, geometry);
}
