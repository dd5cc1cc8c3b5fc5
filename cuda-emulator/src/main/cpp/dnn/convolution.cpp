// Convolutions: the input is unfolded into columns, the rest is matrix multiplication. Any strides, groups, dilation
// and number of spatial dimensions; float accumulation for all types but double.
#include "../multiply.h"
#include "dnn.h"

namespace {

enum class Direction { FORWARD, DATA, FILTER };

struct Shape {
  Tensor x, y;
  Filter w;
  Convolution c;
  int group_inputs, group_outputs, taps, positions;

  Shape(const Tensor &x, const Filter &w, const Convolution &c, const Tensor &y)
      : x(x), y(y), w(w), c(c), group_inputs(w.size[1]), group_outputs(w.size[0] / c.groups), taps(1), positions(1) {
    for (int d = 0; d < c.spatial; d++) {
      taps *= w.size[2 + d];
      positions *= y.size[2 + d];
    }
  }
};

int check(const Tensor &x, const Filter &w, const Convolution &c, const Tensor &y) {
  if (x.dims != c.spatial + 2 || w.dims != x.dims || y.dims != x.dims) return BAD_PARAM;
  if (x.type() != w.type() || x.type() != y.type()) return BAD_PARAM;
  if (x.size[1] != w.size[1] * c.groups || w.size[0] % c.groups || y.size[1] != w.size[0] || y.size[0] != x.size[0])
    return BAD_PARAM;
  for (int d = 0; d < c.spatial; d++) {
    int reach = (w.size[2 + d] - 1) * c.dilation[d] + 1;
    if (y.size[2 + d] != 1 + (x.size[2 + d] + 2 * c.padding[d] - reach) / c.stride[d]) return BAD_PARAM;
  }
  bool accumulates = c.data_type == 0 || (c.data_type == 1 && x.type() == Type::F64) ||
                     (c.data_type == 2 && x.type() == Type::F16);
  return accumulates ? OK : NOT_SUPPORTED;
}

// Where each tap reads for each output position: offsets into one channel of x, -1 in the padding. [taps][positions]
std::vector<long> unfolding(const Shape &s) {
  std::vector<long> offsets((size_t)s.taps * (size_t)s.positions);
  size_t at = 0;
  for_each_index(s.w.size + 2, s.c.spatial, [&](const int *tap) {
    for_each_index(s.y.size + 2, s.c.spatial, [&](const int *position) {
      long offset = 0;
      for (int d = 0; d < s.c.spatial && offset >= 0; d++) {
        int shift = s.c.mode ? tap[d] : s.w.size[2 + d] - 1 - tap[d];  // 1 is cross-correlation
        int in = position[d] * s.c.stride[d] - s.c.padding[d] + shift * s.c.dilation[d];
        if (in < 0 || in >= s.x.size[2 + d]) offset = -1;
        else offset += (long)in * s.x.stride[2 + d];
      }
      offsets[at++] = offset;
    });
  });
  return offsets;
}

// Offsets of all spatial indices within one channel.
std::vector<size_t> spatial_offsets(const Tensor &t) {
  std::vector<size_t> offsets;
  for_each_index(t.size + 2, t.dims - 2, [&](const int *index) {
    size_t offset = 0;
    for (int d = 0; d < t.dims - 2; d++) offset += (size_t)index[d] * (size_t)t.stride[2 + d];
    offsets.push_back(offset);
  });
  return offsets;
}

template <class T> class Runner {
 public:
  Runner(const Shape &s, bool tf32)
      : s(s), tf32(tf32), columns(unfolding(s)), taps(spatial_offsets(s.w)), positions(spatial_offsets(s.y)) {}

  void forward(const void *x, const void *w, T alpha, T beta, void *y) {
    each_group([&](int n, int g) {
      multiply<T>(s.group_outputs, s.positions, s.group_inputs * s.taps,
                  [&](int k, int ct) { return in(w, s.w, filter_at(g, k, ct)); },
                  [&](int ct, int p) { return column(x, n, g, ct, p); },
                  [&](int k, int p, T sum) { blend(y, s.y, output_at(n, g, k, p), alpha * sum, beta); });
    });
  }

  void data(const void *w, const void *dy, T alpha, T beta, void *dx) {
    std::vector<T> sums(s.x.elements());
    Tensor dense = s.x;
    int step = 1;
    for (int d = dense.dims - 1; d >= 0; d--) {
      dense.stride[d] = step;
      step *= dense.size[d];
    }
    Shape dense_shape(dense, s.w, s.c, s.y);
    std::vector<long> targets = unfolding(dense_shape);
    each_group([&](int n, int g) {
      multiply<T>(s.group_inputs * s.taps, s.positions, s.group_outputs,
                  [&](int ct, int k) { return in(w, s.w, filter_at(g, k, ct)); },
                  [&](int k, int p) { return in(dy, s.y, output_at(n, g, k, p)); },
                  [&](int ct, int p, T sum) {
                    long at = targets[(size_t)(ct % s.taps) * (size_t)s.positions + (size_t)p];
                    size_t channel = (size_t)(g * s.group_inputs + ct / s.taps);
                    if (at >= 0) sums[(size_t)n * (size_t)dense.stride[0] + channel * (size_t)dense.stride[1] + (size_t)at] += sum;
                  });
    });
    size_t i = 0;
    for_each_index(s.x.size, s.x.dims, [&](const int *index) { blend(dx, s.x, offset_of(s.x, index), alpha * sums[i++], beta); });
  }

  void filter(const void *x, const void *dy, T alpha, T beta, void *dw) {
    int inner = s.group_inputs * s.taps;
    std::vector<T> sums((size_t)s.w.size[0] * (size_t)inner);
    each_group([&](int n, int g) {
      multiply<T>(s.group_outputs, inner, s.positions,
                  [&](int k, int p) { return in(dy, s.y, output_at(n, g, k, p)); },
                  [&](int p, int ct) { return column(x, n, g, ct, p); },
                  [&](int k, int ct, T sum) { sums[(size_t)(g * s.group_outputs + k) * (size_t)inner + (size_t)ct] += sum; });
    });
    for (int k = 0; k < s.w.size[0]; k++)
      for (int ct = 0; ct < inner; ct++)
        blend(dw, s.w, filter_at(0, k, ct), alpha * sums[(size_t)k * (size_t)inner + (size_t)ct], beta);
  }

 private:
  const Shape &s;
  bool tf32;
  std::vector<long> columns;
  std::vector<size_t> taps, positions;

  template <class Each> void each_group(Each each) {
    for (int n = 0; n < s.x.size[0]; n++)
      for (int g = 0; g < s.c.groups; g++) each(n, g);
  }

  T in(const void *p, const Tensor &t, size_t at) const {
    T v = load<T>(p, t.type(), at);
    return tf32 ? (T)rounded((float)v, 13) : v;
  }

  T column(const void *x, int n, int g, int ct, int p) const {
    long at = columns[(size_t)(ct % s.taps) * (size_t)s.positions + (size_t)p];
    if (at < 0) return 0;
    size_t channel = (size_t)(g * s.group_inputs + ct / s.taps);
    return in(x, s.x, (size_t)n * (size_t)s.x.stride[0] + channel * (size_t)s.x.stride[1] + (size_t)at);
  }

  size_t filter_at(int g, int k, int ct) const {
    return (size_t)(g * s.group_outputs + k) * (size_t)s.w.stride[0] + (size_t)(ct / s.taps) * (size_t)s.w.stride[1] +
           taps[(size_t)(ct % s.taps)];
  }

  size_t output_at(int n, int g, int k, int p) const {
    return (size_t)n * (size_t)s.y.stride[0] + (size_t)(g * s.group_outputs + k) * (size_t)s.y.stride[1] +
           positions[(size_t)p];
  }
};

// ---- algorithms ----

struct Algorithm {
  int number;
  bool deterministic, works;
  int columns;  // of the unfolded input that the workspace holds
};

const std::vector<Algorithm> &algorithms(Direction direction) {
  static const std::vector<Algorithm> forward = {{1, true, true, 1}, {0, true, true, 0}, {2, true, true, 4}, {6, true, false, 0}};
  static const std::vector<Algorithm> data = {{1, true, true, 2}, {0, false, true, 0}, {4, true, false, 0}};
  static const std::vector<Algorithm> filter = {{1, true, true, 2}, {0, false, true, 0}, {3, false, true, 4}};
  return direction == Direction::FORWARD ? forward : direction == Direction::DATA ? data : filter;
}

const Algorithm *find(Direction direction, int number) {
  for (const Algorithm &a : algorithms(direction))
    if (a.number == number) return &a;
  return nullptr;
}

size_t workspace_of(const Algorithm &a, const Tensor &x, const Filter &w) {
  return a.columns ? 1024 + (size_t)a.columns * (size_t)w.size[1] * bytes_of(x.type()) * 16 : 0;
}

int workspace(Direction direction, const Tensor *x, const Filter *w, const Convolution *c, const Tensor *y, int number,
              size_t *bytes) {
  if (int wrong = check(*x, *w, *c, *y)) return wrong;
  const Algorithm *a = find(direction, number);
  if (!a || !a->works) return NOT_SUPPORTED;
  *bytes = workspace_of(*a, *x, *w);
  return OK;
}

// cudnnConvolution{Fwd,BwdData,BwdFilter}AlgoPerf_t
struct Performance {
  int algorithm, status;
  float milliseconds;
  size_t memory;
  int determinism, math, reserved[3];
};

int list(Direction direction, const Tensor *x, const Filter *w, const Convolution *c, const Tensor *y, int asked,
         int *returned, Performance *out) {
  if (int wrong = check(*x, *w, *c, *y)) return wrong;
  int n = 0;
  for (const Algorithm &a : algorithms(direction)) {
    if (n == asked) break;
    out[n] = {a.number, a.works ? (int)OK : (int)NOT_SUPPORTED, a.works ? 0.1f * (float)(n + 1) : -1.0f,
              workspace_of(a, *x, *w), a.deterministic, c->math, {}};
    n++;
  }
  *returned = n;
  return OK;
}

int check_workspace(Direction direction, int number, const Tensor &x, const Filter &w, const void *given, size_t bytes) {
  const Algorithm *a = find(direction, number);
  if (!a || !a->works) return NOT_SUPPORTED;
  size_t needed = workspace_of(*a, x, w);
  if (bytes >= needed && (given || !needed)) return OK;
  emulator_say("convolution algorithm %d needs %zu bytes of workspace, %zu are given", number, needed, bytes);
  return BAD_PARAM;
}

template <class Work> void with_type(const Shape &s, Work work) {
  // From compute capability 8.0 on, float32 inputs are rounded to TF32 unless CUDNN_FMA_MATH (3) forbids it.
  bool tf32 = s.x.type() == Type::F32 && s.c.math != 3;
  if (s.x.type() == Type::F64) work(Runner<double>(s, false));
  else work(Runner<float>(s, tf32));
}

}  // namespace

EMULATOR_API int cudnnConvolutionForward(Handle *h, const void *alpha, const Tensor *xd, const void *x, const Filter *wd,
                                         const void *w, const Convolution *c, int algorithm, void *workspace,
                                         size_t workspace_bytes, const void *beta, const Tensor *yd, void *y) {
  ENTER_DNN();
  if (int wrong = check(*xd, *wd, *c, *yd)) return wrong;
  if (int wrong = check_workspace(Direction::FORWARD, algorithm, *xd, *wd, workspace, workspace_bytes)) return wrong;
  Shape s(*xd, *wd, *c, *yd);
  double a = scalar(alpha, *xd), b = scalar(beta, *xd);
  return submit(h, __func__, {{x, xd->bytes()}, {w, wd->bytes()}, {y, yd->bytes()}, {workspace, workspace_bytes}}, [=] {
    with_type(s, [&](auto runner) { runner.forward(x, w, a, b, y); });
  });
}

EMULATOR_API int cudnnConvolutionBackwardData(Handle *h, const void *alpha, const Filter *wd, const void *w,
                                              const Tensor *yd, const void *dy, const Convolution *c, int algorithm,
                                              void *workspace, size_t workspace_bytes, const void *beta,
                                              const Tensor *xd, void *dx) {
  ENTER_DNN();
  if (int wrong = check(*xd, *wd, *c, *yd)) return wrong;
  if (int wrong = check_workspace(Direction::DATA, algorithm, *xd, *wd, workspace, workspace_bytes)) return wrong;
  Shape s(*xd, *wd, *c, *yd);
  double a = scalar(alpha, *xd), b = scalar(beta, *xd);
  return submit(h, __func__, {{dx, xd->bytes()}, {w, wd->bytes()}, {dy, yd->bytes()}, {workspace, workspace_bytes}}, [=] {
    with_type(s, [&](auto runner) { runner.data(w, dy, a, b, dx); });
  });
}

EMULATOR_API int cudnnConvolutionBackwardFilter(Handle *h, const void *alpha, const Tensor *xd, const void *x,
                                                const Tensor *yd, const void *dy, const Convolution *c, int algorithm,
                                                void *workspace, size_t workspace_bytes, const void *beta,
                                                const Filter *wd, void *dw) {
  ENTER_DNN();
  if (int wrong = check(*xd, *wd, *c, *yd)) return wrong;
  if (int wrong = check_workspace(Direction::FILTER, algorithm, *xd, *wd, workspace, workspace_bytes)) return wrong;
  Shape s(*xd, *wd, *c, *yd);
  double a = scalar(alpha, *xd), b = scalar(beta, *xd);
  return submit(h, __func__, {{x, xd->bytes()}, {dw, wd->bytes()}, {dy, yd->bytes()}, {workspace, workspace_bytes}}, [=] {
    with_type(s, [&](auto runner) { runner.filter(x, dy, a, b, dw); });
  });
}

// y = activation(alpha1 * conv(x, w) + alpha2 * z + bias)
EMULATOR_API int cudnnConvolutionBiasActivationForward(Handle *h, const void *alpha1, const Tensor *xd, const void *x,
                                                       const Filter *wd, const void *w, const Convolution *c,
                                                       int algorithm, void *workspace, size_t workspace_bytes,
                                                       const void *alpha2, const Tensor *zd, const void *z,
                                                       const Tensor *bd, const void *bias, const Activation *activation,
                                                       const Tensor *yd, void *y) {
  ENTER_DNN();
  if (int wrong = check(*xd, *wd, *c, *yd)) return wrong;
  if (int wrong = check_workspace(Direction::FORWARD, algorithm, *xd, *wd, workspace, workspace_bytes)) return wrong;
  if (activation->mode != 1 && activation->mode != 5) return NOT_SUPPORTED;  // RELU, IDENTITY
  if (activation->mode == 5 && algorithm != 1) return NOT_SUPPORTED;
  if (bd->size[1] != yd->size[1] || !zd->same_size(*yd)) return BAD_PARAM;
  Shape s(*xd, *wd, *c, *yd);
  double a = scalar(alpha1, *xd), b = scalar(alpha2, *xd);
  Tensor Y = *yd, Z = *zd, B = *bd;
  Activation act = *activation;
  size_t z_bytes = b != 0 ? zd->bytes() : 0;
  return submit(h, __func__, {{x, xd->bytes()}, {w, wd->bytes()}, {y, yd->bytes()}, {bias, bd->bytes()}, {z, z_bytes},
                              {workspace, workspace_bytes}}, [=] {
    std::vector<double> added;
    for_each_index(Y.size, Y.dims, [&](const int *at) { added.push_back(b != 0 ? b * load<double>(z, Z.type(), offset_of(Z, at)) : 0); });
    with_type(s, [&](auto runner) { runner.forward(x, w, a, 0, y); });
    size_t i = 0;
    for_each_index(Y.size, Y.dims, [&](const int *at) {
      size_t to = offset_of(Y, at);
      double v = load<double>(y, Y.type(), to) + added[i++] + load<double>(bias, B.type(), (size_t)at[1] * (size_t)B.stride[1]);
      apply_activation(act, v);
      store(y, Y.type(), to, v);
    });
  });
}

EMULATOR_API int cudnnConvolutionBackwardBias(Handle *h, const void *alpha, const Tensor *yd, const void *dy,
                                              const void *beta, const Tensor *bd, void *db) {
  ENTER_DNN();
  if (bd->dims != yd->dims || bd->size[1] != yd->size[1]) return BAD_PARAM;
  Tensor Y = *yd, B = *bd;
  double a = scalar(alpha, Y), b = scalar(beta, Y);
  return submit(h, __func__, {{dy, yd->bytes()}, {db, bd->bytes()}}, [=] {
    std::vector<double> sums((size_t)Y.size[1]);
    for_each_index(Y.size, Y.dims, [&](const int *at) { sums[(size_t)at[1]] += load<double>(dy, Y.type(), offset_of(Y, at)); });
    for (size_t k = 0; k < sums.size(); k++) {
      size_t to = k * (size_t)B.stride[1];
      blend(db, B, to, a * sums[k], b);
    }
  });
}

#define COUNT(name, direction)                                                  \
  EMULATOR_API int cudnnGetConvolution##name##MaxCount(Handle *h, int *count) { \
    ENTER_DNN();                                                                \
    *count = (int)algorithms(direction).size();                                 \
    return OK;                                                                  \
  }
COUNT(ForwardAlgorithm, Direction::FORWARD)
COUNT(BackwardDataAlgorithm, Direction::DATA)
COUNT(BackwardFilterAlgorithm, Direction::FILTER)

EMULATOR_API int cudnnGetConvolutionForwardWorkspaceSize(Handle *h, const Tensor *x, const Filter *w,
                                                         const Convolution *c, const Tensor *y, int number, size_t *bytes) {
  ENTER_DNN();
  return workspace(Direction::FORWARD, x, w, c, y, number, bytes);
}

EMULATOR_API int cudnnGetConvolutionBackwardDataWorkspaceSize(Handle *h, const Filter *w, const Tensor *y,
                                                              const Convolution *c, const Tensor *x, int number,
                                                              size_t *bytes) {
  ENTER_DNN();
  return workspace(Direction::DATA, x, w, c, y, number, bytes);
}

EMULATOR_API int cudnnGetConvolutionBackwardFilterWorkspaceSize(Handle *h, const Tensor *x, const Tensor *y,
                                                                const Convolution *c, const Filter *w, int number,
                                                                size_t *bytes) {
  ENTER_DNN();
  return workspace(Direction::FILTER, x, w, c, y, number, bytes);
}

EMULATOR_API int cudnnGetConvolutionForwardAlgorithm_v7(Handle *h, const Tensor *x, const Filter *w, const Convolution *c,
                                                        const Tensor *y, int asked, int *returned, Performance *out) {
  ENTER_DNN();
  return list(Direction::FORWARD, x, w, c, y, asked, returned, out);
}

EMULATOR_API int cudnnFindConvolutionForwardAlgorithm(Handle *h, const Tensor *x, const Filter *w, const Convolution *c,
                                                      const Tensor *y, int asked, int *returned, Performance *out) {
  ENTER_DNN();
  if (emulator_refuse_during_capture()) return EXECUTION_FAILED;
  return list(Direction::FORWARD, x, w, c, y, asked, returned, out);
}

EMULATOR_API int cudnnFindConvolutionForwardAlgorithmEx(Handle *h, const Tensor *xd, const void *, const Filter *wd,
                                                        const void *, const Convolution *c, const Tensor *yd, void *,
                                                        int asked, int *returned, Performance *out, void *, size_t) {
  ENTER_DNN();
  if (emulator_refuse_during_capture()) return EXECUTION_FAILED;
  return list(Direction::FORWARD, xd, wd, c, yd, asked, returned, out);
}

EMULATOR_API int cudnnGetConvolutionBackwardDataAlgorithm_v7(Handle *h, const Filter *w, const Tensor *y,
                                                             const Convolution *c, const Tensor *x, int asked,
                                                             int *returned, Performance *out) {
  ENTER_DNN();
  return list(Direction::DATA, x, w, c, y, asked, returned, out);
}

EMULATOR_API int cudnnFindConvolutionBackwardDataAlgorithm(Handle *h, const Filter *w, const Tensor *y,
                                                           const Convolution *c, const Tensor *x, int asked,
                                                           int *returned, Performance *out) {
  ENTER_DNN();
  if (emulator_refuse_during_capture()) return EXECUTION_FAILED;
  return list(Direction::DATA, x, w, c, y, asked, returned, out);
}

EMULATOR_API int cudnnFindConvolutionBackwardDataAlgorithmEx(Handle *h, const Filter *wd, const void *, const Tensor *yd,
                                                             const void *, const Convolution *c, const Tensor *xd,
                                                             void *, int asked, int *returned, Performance *out, void *,
                                                             size_t) {
  ENTER_DNN();
  if (emulator_refuse_during_capture()) return EXECUTION_FAILED;
  return list(Direction::DATA, xd, wd, c, yd, asked, returned, out);
}

EMULATOR_API int cudnnGetConvolutionBackwardFilterAlgorithm_v7(Handle *h, const Tensor *x, const Tensor *y,
                                                               const Convolution *c, const Filter *w, int asked,
                                                               int *returned, Performance *out) {
  ENTER_DNN();
  return list(Direction::FILTER, x, w, c, y, asked, returned, out);
}

EMULATOR_API int cudnnFindConvolutionBackwardFilterAlgorithm(Handle *h, const Tensor *x, const Tensor *y,
                                                             const Convolution *c, const Filter *w, int asked,
                                                             int *returned, Performance *out) {
  ENTER_DNN();
  if (emulator_refuse_during_capture()) return EXECUTION_FAILED;
  return list(Direction::FILTER, x, w, c, y, asked, returned, out);
}

EMULATOR_API int cudnnFindConvolutionBackwardFilterAlgorithmEx(Handle *h, const Tensor *xd, const void *,
                                                               const Tensor *yd, const void *, const Convolution *c,
                                                               const Filter *wd, void *, int asked, int *returned,
                                                               Performance *out, void *, size_t) {
  ENTER_DNN();
  if (emulator_refuse_during_capture()) return EXECUTION_FAILED;
  return list(Direction::FILTER, xd, wd, c, yd, asked, returned, out);
}
