// Softmax and its logarithm along an axis. T: the type of elements; LOGARITHM: 0 or 1; GROUP, PER,
// VEC: as rows.cu says.

#include "rows.cu"

__device__ inline C result(C x, C max, C sum, C log) {
#if LOGARITHM
  return x - max - log;
#else
  return f_exp(x - max) * sum;
#endif
}

// The part of the gradient's sum that an element has.
__device__ inline C part(C y, C g) { return LOGARITHM ? g : y * g; }

__device__ inline C slope(C y, C g, C sum) {
#if LOGARITHM
  return g - f_exp(y) * sum;
#else
  return y * (g - sum);
#endif
}

extern "C" __global__ void __launch_bounds__(THREADS)
forward(const T *x, int64 x_step, T *y, int64 y_step, int length, const Geometry<2> geometry) {
  int64 i = first_row();
  bool there = i < geometry.size;
  int n = there ? length : 0;
  int64 at[2];
  locate_row<2>(geometry, there ? i : 0, at);
  Row row;
  row.open(x + at[0], x_step, n);
  C max = -INFINITE;
  EACH(k, n) { max = f_max(max, row.at(k)); }
  max = across<Max>(max);
  C sum = 0;
  EACH(k, n) { sum += f_exp(row.at(k) - max); }
  sum = across<Sum>(sum);
  C scale = 1 / sum;
  C log = f_log(sum);
  write_row(y + at[1], y_step, n, [&](int k) { return result(row.at(k), max, scale, log); });
}

extern "C" __global__ void __launch_bounds__(THREADS)
backward(const T *y, int64 y_step, const T *g, int64 g_step, T *d, int64 d_step, int length,
    const Geometry<3> geometry) {
  int64 i = first_row();
  bool there = i < geometry.size;
  int n = there ? length : 0;
  int64 at[3];
  locate_row<3>(geometry, there ? i : 0, at);
  Row values;
  Row gradients;
  values.open(y + at[0], y_step, n);
  gradients.open(g + at[1], g_step, n);
  C sum = 0;
  EACH(k, n) { sum += part(values.at(k), gradients.at(k)); }
  sum = across<Sum>(sum);
  write_row(d + at[2], d_step, n,
      [&](int k) { return slope(values.at(k), gradients.at(k), sum); });
}

// A thread for each row, where rows and not the elements of a row are neighbours in memory.

extern "C" __global__ void __launch_bounds__(BLOCK)
forward_columns(const T *x, int64 x_step, T *y, int64 y_step, int length,
    const Geometry<2> geometry) {
  int64 i = thread_index();
  if (i >= geometry.size) {
    return;
  }
  int64 at[2];
  locate<int64, 2>(geometry, i, at);
  const T *from = x + at[0];
  C max = -INFINITE;
  for (int k = 0; k < length; k++) {
    max = f_max(max, load(from[k * x_step]));
  }
  C sum = 0;
  for (int k = 0; k < length; k++) {
    sum += f_exp(load(from[k * x_step]) - max);
  }
  C scale = 1 / sum;
  C log = f_log(sum);
  T *to = y + at[1];
  for (int k = 0; k < length; k++) {
    to[k * y_step] = store<T>(result(load(from[k * x_step]), max, scale, log));
  }
}

extern "C" __global__ void __launch_bounds__(BLOCK)
backward_columns(const T *y, int64 y_step, const T *g, int64 g_step, T *d, int64 d_step,
    int length, const Geometry<3> geometry) {
  int64 i = thread_index();
  if (i >= geometry.size) {
    return;
  }
  int64 at[3];
  locate<int64, 3>(geometry, i, at);
  C sum = 0;
  for (int k = 0; k < length; k++) {
    sum += part(load(y[at[0] + k * y_step]), load(g[at[1] + k * g_step]));
  }
  for (int k = 0; k < length; k++) {
    d[at[2] + k * d_step] =
        store<T>(slope(load(y[at[0] + k * y_step]), load(g[at[1] + k * g_step]), sum));
  }
}
