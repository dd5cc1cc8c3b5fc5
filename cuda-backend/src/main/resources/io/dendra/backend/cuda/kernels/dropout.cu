// Dropout, in both passes. T: the type of elements.

#include "philox.cu"

typedef Arithmetic<T>::type C;

// From the arguments, or from memory where the numbers change while launches are frozen.
struct Draws {
  uint64 key;
  uint64 counter;

  __device__ Draws(uint64 key, uint64 counter, const uint64 *variables)
      : key(variables ? variables[0] : key), counter(variables ? variables[1] : counter) {}

  // The words of four places, of which the first is 4 n.
  __device__ inline Words block(uint64 n) const { return philox(key, counter, n); }
};

__device__ inline T apply(T x, uint32 word, float rate, C scale) {
  return uniform(word) >= rate ? store<T>(load(x) * scale) : store<T>(0);
}

extern "C" __global__ void __launch_bounds__(BLOCK)
dense(const T *x, T *out, float rate, C scale, uint64 key, uint64 counter,
    const uint64 *variables, int64 size) {
  int64 i = thread_index() * PACK;
  if (i >= size) {
    return;
  }
  Draws draws(key, counter, variables);
  Words words = draws.block((uint64)i / PACK);
  if (i + PACK <= size) {
    Pack<T> in = *(const Pack<T> *)(x + i);
    Pack<T> result;
    for (int k = 0; k < PACK; k++) {
      result.at[k] = apply(in.at[k], words.at[k], rate, scale);
    }
    *(Pack<T> *)(out + i) = result;
  } else {
    for (int k = 0; i + k < size; k++) {
      out[i + k] = apply(x[i + k], words.at[k], rate, scale);
    }
  }
}

// The operands of the geometry are x, the logical places, and out.
template <class I>
__device__ inline void walk(const T *x, T *out, float rate, C scale, const Draws &draws,
    const Geometry<3> &geometry) {
  I i = (I)thread_index();
  if (i < (I)geometry.size) {
    I at[3];
    locate<I, 3>(geometry, i, at);
    Words words = draws.block((uint64)at[1] / PACK);
    uint32 draw = words.at[0];
    for (int k = 1; k < PACK; k++) {
      draw = at[1] % PACK == k ? words.at[k] : draw;
    }
    out[at[2]] = apply(x[at[0]], draw, rate, scale);
  }
}

extern "C" __global__ void __launch_bounds__(BLOCK)
strided(const T *x, T *out, float rate, C scale, uint64 key, uint64 counter,
    const uint64 *variables, const Geometry<3> geometry) {
  Draws draws(key, counter, variables);
  walk<uint32>(x, out, rate, scale, draws, geometry);
}

extern "C" __global__ void __launch_bounds__(BLOCK)
wide(const T *x, T *out, float rate, C scale, uint64 key, uint64 counter,
    const uint64 *variables, const Geometry<3> geometry) {
  Draws draws(key, counter, variables);
  walk<int64>(x, out, rate, scale, draws, geometry);
}
