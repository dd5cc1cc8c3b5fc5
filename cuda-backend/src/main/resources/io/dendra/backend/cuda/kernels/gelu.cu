// Gelu: x Φ(x), or its approximation by tanh. T: the type of elements; APPROXIMATE: 0 or 1.

typedef Arithmetic<T>::type C;

#define ROOT_HALF C(0.70710678118654752440)
#define DENSITY C(0.39894228040143267794)
#define SLOPE C(0.79788456080286535588)
#define CUBIC C(0.044715)

__device__ inline C value(C x) {
#if APPROXIMATE
  return C(0.5) * x * (1 + f_tanh(SLOPE * (x + CUBIC * x * x * x)));
#else
  return C(0.5) * x * (1 + f_erf(x * ROOT_HALF));
#endif
}

__device__ inline C derivative(C x) {
#if APPROXIMATE
  C t = f_tanh(SLOPE * (x + CUBIC * x * x * x));
  return C(0.5) * (1 + t) + C(0.5) * x * (1 - t * t) * SLOPE * (1 + 3 * CUBIC * x * x);
#else
  return C(0.5) * (1 + f_erf(x * ROOT_HALF)) + x * DENSITY * f_exp(C(-0.5) * x * x);
#endif
}

__device__ inline T apply(T x) { return store<T>(value(load(x))); }
__device__ inline T apply(T x, T g) { return store<T>(load(g) * derivative(load(x))); }

extern "C" __global__ void __launch_bounds__(BLOCK) dense(const T *x, T *out, int64 size) {
  int64 i = thread_index() * PACK;
  if (i + PACK <= size) {
    Pack<T> in = *(const Pack<T> *)(x + i);
    Pack<T> result;
    for (int k = 0; k < PACK; k++) {
      result.at[k] = apply(in.at[k]);
    }
    *(Pack<T> *)(out + i) = result;
  } else {
    for (; i < size; i++) {
      out[i] = apply(x[i]);
    }
  }
}

extern "C" __global__ void __launch_bounds__(BLOCK)
dense_backward(const T *x, const T *g, T *d, int64 size) {
  int64 i = thread_index() * PACK;
  if (i + PACK <= size) {
    Pack<T> in = *(const Pack<T> *)(x + i);
    Pack<T> gradient = *(const Pack<T> *)(g + i);
    Pack<T> result;
    for (int k = 0; k < PACK; k++) {
      result.at[k] = apply(in.at[k], gradient.at[k]);
    }
    *(Pack<T> *)(d + i) = result;
  } else {
    for (; i < size; i++) {
      d[i] = apply(x[i], g[i]);
    }
  }
}

template <class I> __device__ inline void walk(const T *x, T *out, const Geometry<2> &geometry) {
  I i = (I)thread_index();
  if (i < (I)geometry.size) {
    I at[2];
    locate<I, 2>(geometry, i, at);
    out[at[1]] = apply(x[at[0]]);
  }
}

template <class I>
__device__ inline void walk(const T *x, const T *g, T *d, const Geometry<3> &geometry) {
  I i = (I)thread_index();
  if (i < (I)geometry.size) {
    I at[3];
    locate<I, 3>(geometry, i, at);
    d[at[2]] = apply(x[at[0]], g[at[1]]);
  }
}

extern "C" __global__ void __launch_bounds__(BLOCK)
strided(const T *x, T *out, const Geometry<2> geometry) {
  walk<uint32>(x, out, geometry);
}

extern "C" __global__ void __launch_bounds__(BLOCK)
wide(const T *x, T *out, const Geometry<2> geometry) {
  walk<int64>(x, out, geometry);
}

extern "C" __global__ void __launch_bounds__(BLOCK)
strided_backward(const T *x, const T *g, T *d, const Geometry<3> geometry) {
  walk<uint32>(x, g, d, geometry);
}

extern "C" __global__ void __launch_bounds__(BLOCK)
wide_backward(const T *x, const T *g, T *d, const Geometry<3> geometry) {
  walk<int64>(x, g, d, geometry);
}
