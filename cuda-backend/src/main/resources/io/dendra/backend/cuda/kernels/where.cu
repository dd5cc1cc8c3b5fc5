// A choice between two. T: the type of elements.

extern "C" __global__ void __launch_bounds__(BLOCK)
dense(const boolean *condition, const T *a, const T *b, T *out, int64 size) {
  int64 i = thread_index() * PACK;
  if (i + PACK <= size) {
    Pack<boolean> chosen = *(const Pack<boolean> *)(condition + i);
    Pack<T> left = *(const Pack<T> *)(a + i);
    Pack<T> right = *(const Pack<T> *)(b + i);
    Pack<T> result;
    for (int k = 0; k < PACK; k++) {
      result.at[k] = chosen.at[k] ? left.at[k] : right.at[k];
    }
    *(Pack<T> *)(out + i) = result;
  } else {
    for (; i < size; i++) {
      out[i] = condition[i] ? a[i] : b[i];
    }
  }
}

template <class I>
__device__ inline void walk(
    const boolean *condition, const T *a, const T *b, T *out, const Geometry<4> &geometry) {
  I i = (I)thread_index();
  if (i < (I)geometry.size) {
    I at[4];
    locate<I, 4>(geometry, i, at);
    out[at[3]] = condition[at[0]] ? a[at[1]] : b[at[2]];
  }
}

extern "C" __global__ void __launch_bounds__(BLOCK)
strided(const boolean *condition, const T *a, const T *b, T *out, const Geometry<4> geometry) {
  walk<uint32>(condition, a, b, out, geometry);
}

extern "C" __global__ void __launch_bounds__(BLOCK)
wide(const boolean *condition, const T *a, const T *b, T *out, const Geometry<4> geometry) {
  walk<int64>(condition, a, b, out, geometry);
}
