// How elementwise kernels go over their operands: several elements at once where all are gapless,
// else by strides with places of type I. The function takes an element of each input; the result is
// the last operand of the geometry.

template <class Out, class F, class... In>
__device__ inline Pack<Out> each(F function, Pack<In>... in) {
  Pack<Out> result;
  for (int k = 0; k < PACK; k++) {
    result.at[k] = function(in.at[k]...);
  }
  return result;
}

template <class Out, class F, class... In>
__device__ inline void walk_dense(F function, int64 size, Out *out, const In *...in) {
  int64 i = thread_index() * PACK;
  if (i + PACK <= size) {
    *(Pack<Out> *)(out + i) = each<Out>(function, *(const Pack<In> *)(in + i)...);
  } else {
    for (; i < size; i++) {
      out[i] = function(in[i]...);
    }
  }
}

template <class I, class Out, class F, class A>
__device__ inline void walk(F function, const Geometry<2> &geometry, Out *out, const A *a) {
  I i = (I)thread_index();
  if (i < (I)geometry.size) {
    I at[2];
    locate<I, 2>(geometry, i, at);
    out[at[1]] = function(a[at[0]]);
  }
}

template <class I, class Out, class F, class A, class B>
__device__ inline void walk(
    F function, const Geometry<3> &geometry, Out *out, const A *a, const B *b) {
  I i = (I)thread_index();
  if (i < (I)geometry.size) {
    I at[3];
    locate<I, 3>(geometry, i, at);
    out[at[2]] = function(a[at[0]], b[at[1]]);
  }
}

template <class I, class Out, class F, class A, class B, class D>
__device__ inline void walk(
    F function, const Geometry<4> &geometry, Out *out, const A *a, const B *b, const D *d) {
  I i = (I)thread_index();
  if (i < (I)geometry.size) {
    I at[4];
    locate<I, 4>(geometry, i, at);
    out[at[3]] = function(a[at[0]], b[at[1]], d[at[2]]);
  }
}
