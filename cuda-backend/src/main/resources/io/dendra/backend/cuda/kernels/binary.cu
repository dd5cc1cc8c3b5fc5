// Functions of two numbers. T: the type of elements. OP: a constant of BinaryOp.

#include "binary_ops.cu"

__device__ inline T apply(T a, T b) { return store<T>(OP::of(load(a), load(b))); }

extern "C" __global__ void __launch_bounds__(BLOCK)
dense(const T *a, const T *b, T *out, int64 size) {
  int64 i = thread_index() * PACK;
  if (i + PACK <= size) {
    Pack<T> left = *(const Pack<T> *)(a + i);
    Pack<T> right = *(const Pack<T> *)(b + i);
    Pack<T> result;
    for (int k = 0; k < PACK; k++) {
      result.at[k] = apply(left.at[k], right.at[k]);
    }
    *(Pack<T> *)(out + i) = result;
  } else {
    for (; i < size; i++) {
      out[i] = apply(a[i], b[i]);
    }
  }
}

template <class I>
__device__ inline void walk(const T *a, const T *b, T *out, const Geometry<3> &geometry) {
  I i = (I)thread_index();
  if (i < (I)geometry.size) {
    I at[3];
    locate<I, 3>(geometry, i, at);
    out[at[2]] = apply(a[at[0]], b[at[1]]);
  }
}

extern "C" __global__ void __launch_bounds__(BLOCK)
strided(const T *a, const T *b, T *out, const Geometry<3> geometry) {
  walk<uint32>(a, b, out, geometry);
}

extern "C" __global__ void __launch_bounds__(BLOCK)
wide(const T *a, const T *b, T *out, const Geometry<3> geometry) {
  walk<int64>(a, b, out, geometry);
}
