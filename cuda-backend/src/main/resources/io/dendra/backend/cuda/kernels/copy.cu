// Copies between layouts. T: an unsigned integer of the elements' size.

template <class I> __device__ inline void walk(const T *in, T *out, const Geometry<2> &geometry) {
  I i = (I)thread_index();
  if (i < (I)geometry.size) {
    I at[2];
    locate<I, 2>(geometry, i, at);
    out[at[1]] = in[at[0]];
  }
}

extern "C" __global__ void __launch_bounds__(BLOCK)
strided(const T *in, T *out, const Geometry<2> geometry) {
  walk<uint32>(in, out, geometry);
}

extern "C" __global__ void __launch_bounds__(BLOCK)
wide(const T *in, T *out, const Geometry<2> geometry) {
  walk<int64>(in, out, geometry);
}
