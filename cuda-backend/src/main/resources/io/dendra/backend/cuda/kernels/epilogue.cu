// Adds a bias per channel and applies an activation, in place. T: the type of elements. OP: a constant of Epilogue.
// I: the type of places.

typedef Arithmetic<T>::type C;

#include "epilogues.cu"

// The channel of a place of gapless memory, where a channel's neighbours are `inner` apart.
struct Channel {
  I at;
  I rest;

  __device__ Channel(I place, I inner, I channels) {
    at = place / inner;
    rest = place - at * inner;
    at = at % channels;
  }

  __device__ void next(I inner, I channels) {
    if (++rest == inner) {
      rest = 0;
      at = at + 1 == channels ? 0 : at + 1;
    }
  }
};

__device__ inline T apply(T x, T bias) { return store<T>(OP::of(load(x) + load(bias))); }

extern "C" __global__ void __launch_bounds__(BLOCK)
packed(T *out, const T *bias, int64 step, int64 inner, int64 channels, int64 size) {
  int64 i = thread_index() * PACK;
  if (i >= size) {
    return;
  }
  Channel channel((I)i, (I)inner, (I)channels);
  if (i + PACK <= size) {
    Pack<T> pack = *(const Pack<T> *)(out + i);
    for (int k = 0; k < PACK; k++) {
      pack.at[k] = apply(pack.at[k], bias[channel.at * step]);
      channel.next((I)inner, (I)channels);
    }
    *(Pack<T> *)(out + i) = pack;
  } else {
    for (; i < size; i++) {
      out[i] = apply(out[i], bias[channel.at * step]);
      channel.next((I)inner, (I)channels);
    }
  }
}

extern "C" __global__ void __launch_bounds__(BLOCK)
single(T *out, const T *bias, int64 step, int64 inner, int64 channels, int64 size) {
  int64 i = thread_index();
  if (i < size) {
    Channel channel((I)i, (I)inner, (I)channels);
    out[i] = apply(out[i], bias[channel.at * step]);
  }
}
