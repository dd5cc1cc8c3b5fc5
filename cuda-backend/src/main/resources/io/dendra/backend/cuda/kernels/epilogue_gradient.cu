// The gradient before an activation. T: the type of elements. OP: a constant of Epilogue.

typedef Arithmetic<T>::type C;

#include "epilogues.cu"

__device__ inline T apply(T gradient, T y) { return store<T>(load(gradient) * OP::slope(load(y))); }

extern "C" __global__ void __launch_bounds__(BLOCK)
dense(const T *gradient, const T *y, T *out, int64 size) {
  int64 i = thread_index() * PACK;
  if (i + PACK <= size) {
    Pack<T> in = *(const Pack<T> *)(gradient + i);
    Pack<T> value = *(const Pack<T> *)(y + i);
    Pack<T> result;
    for (int k = 0; k < PACK; k++) {
      result.at[k] = apply(in.at[k], value.at[k]);
    }
    *(Pack<T> *)(out + i) = result;
  } else {
    for (; i < size; i++) {
      out[i] = apply(gradient[i], y[i]);
    }
  }
}

template <class I>
__device__ inline void walk(const T *gradient, const T *y, T *out, const Geometry<3> &geometry) {
  I i = (I)thread_index();
  if (i < (I)geometry.size) {
    I at[3];
    locate<I, 3>(geometry, i, at);
    out[at[2]] = apply(gradient[at[0]], y[at[1]]);
  }
}

extern "C" __global__ void __launch_bounds__(BLOCK)
strided(const T *gradient, const T *y, T *out, const Geometry<3> geometry) {
  walk<uint32>(gradient, y, out, geometry);
}

extern "C" __global__ void __launch_bounds__(BLOCK)
wide(const T *gradient, const T *y, T *out, const Geometry<3> geometry) {
  walk<int64>(gradient, y, out, geometry);
}
