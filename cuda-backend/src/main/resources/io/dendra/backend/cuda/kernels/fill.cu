// Fills with one value. T: an unsigned integer of the elements' size.

extern "C" __global__ void __launch_bounds__(BLOCK) dense(T *out, uint64 value, int64 size) {
  int64 i = thread_index() * PACK;
  for (int k = 0; k < PACK && i + k < size; k++) {
    out[i + k] = (T)value;
  }
}

template <class I> __device__ inline void walk(T *out, T value, const Geometry<1> &geometry) {
  I i = (I)thread_index();
  if (i < (I)geometry.size) {
    I at[1];
    locate<I, 1>(geometry, i, at);
    out[at[0]] = value;
  }
}

extern "C" __global__ void __launch_bounds__(BLOCK)
strided(T *out, uint64 value, const Geometry<1> geometry) {
  walk<uint32>(out, (T)value, geometry);
}

extern "C" __global__ void __launch_bounds__(BLOCK)
wide(T *out, uint64 value, const Geometry<1> geometry) {
  walk<int64>(out, (T)value, geometry);
}
