// Cross-entropy of rows of logits and class numbers: log Σ e^x - x[label].
// T: the type of logits, of which losses have the type of computing; GROUP, PER, VEC: as rows.cu
// says.

#include "rows.cu"

struct Logits {
  Row row;
  C max;
  C sum;

  __device__ void open(const T *x, int64 step, int length) {
    row.open(x, step, length);
    max = -INFINITE;
    EACH(k, length) { max = f_max(max, row.at(k)); }
    max = across<Max>(max);
    sum = 0;
    EACH(k, length) { sum += f_exp(row.at(k) - max); }
    sum = across<Sum>(sum);
  }
};

extern "C" __global__ void __launch_bounds__(THREADS)
forward(const T *x, int64 x_row, int64 x_step, const int64 *labels, int64 label_step, C *out,
    int64 out_step, int64 rows, int length) {
  int64 i = first_row();
  bool there = i < rows;
  const T *from = there ? x + i * x_row : x;
  Logits logits;
  logits.open(from, x_step, there ? length : 0);
  if (there && lane() == 0) {
    // Labels have been checked, but what the check found is told later.
    int64 label = labels[i * label_step];
    C hit = label >= 0 && label < length ? load(from[label * x_step]) : C(NOT_A_NUMBER);
    out[i * out_step] = f_log(logits.sum) + (logits.max - hit);
  }
}

// d = g (softmax(x) - 1 at the label)
extern "C" __global__ void __launch_bounds__(THREADS)
backward(const T *x, int64 x_row, int64 x_step, const int64 *labels, int64 label_step, const C *g,
    int64 g_step, T *d, int64 d_row, int64 d_step, int64 rows, int length) {
  int64 i = first_row();
  bool there = i < rows;
  int n = there ? length : 0;
  Logits logits;
  logits.open(there ? x + i * x_row : x, x_step, n);
  int64 label = there ? labels[i * label_step] : 0;
  C gradient = there ? g[i * g_step] : C(0);
  C scale = 1 / logits.sum;
  write_row(there ? d + i * d_row : d, d_step, n, [&](int k) {
    C share = f_exp(logits.row.at(k) - logits.max) * scale;
    return gradient * (column(k) == label ? share - 1 : share);
  });
}
