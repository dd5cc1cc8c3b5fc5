// Random numbers, a block of the stream for each thread. The key and the counter are read from
// variables where there are some, since captured work is replayed with others.

#include "philox.cu"

template <class T, int N>
__device__ inline void write(const T (&values)[N], T *out, int64 block, int64 size) {
  int64 i = block * N;
  if (i + N <= size && (uint64)out % (N * sizeof(T)) == 0) {
    struct __align__(N * sizeof(T)) Whole {
      T at[N];
    } whole;
    for (int k = 0; k < N; k++) {
      whole.at[k] = values[k];
    }
    *(Whole *)(out + i) = whole;
  } else {
    for (int k = 0; k < N && i + k < size; k++) {
      out[i + k] = values[k];
    }
  }
}

__device__ inline Words draw(const uint64 *variables, uint64 key, uint64 counter) {
  if (variables != 0) {
    key = variables[0];
    counter = variables[1];
  }
  return philox(key, counter, thread_index());
}

extern "C" __global__ void __launch_bounds__(BLOCK)
bits(uint32 *out, int64 size, const uint64 *variables, uint64 key, uint64 counter) {
  Words words = draw(variables, key, counter);
  write<uint32, 4>(words.at, out, thread_index(), size);
}

extern "C" __global__ void __launch_bounds__(BLOCK)
floats(float *out, int64 size, const uint64 *variables, uint64 key, uint64 counter) {
  Words words = draw(variables, key, counter);
  float values[4];
  for (int k = 0; k < 4; k++) {
    values[k] = uniform(words.at[k]);
  }
  write<float, 4>(values, out, thread_index(), size);
}

extern "C" __global__ void __launch_bounds__(BLOCK)
doubles(double *out, int64 size, const uint64 *variables, uint64 key, uint64 counter) {
  Words words = draw(variables, key, counter);
  double values[2] = {uniform(words.at[0], words.at[1]), uniform(words.at[2], words.at[3])};
  write<double, 2>(values, out, thread_index(), size);
}
