// Batch normalisation. Statistics and parameters are float32 (double for double data), as in cuDNN.
#include "dnn.h"

namespace {

enum { PER_ACTIVATION = 0 };

// Which parameter an element belongs to: its channel, or its place within the example.
size_t parameter_of(int mode, const Tensor &t, const int *at) {
  if (mode != PER_ACTIVATION) return (size_t)at[1];
  size_t place = 0;
  for (int d = 1; d < t.dims; d++) place = place * (size_t)t.size[d] + (size_t)at[d];
  return place;
}

size_t parameters(int mode, const Tensor &t) {
  return mode != PER_ACTIVATION ? (size_t)t.size[1] : t.elements() / (size_t)t.size[0];
}

int check(int mode, const Tensor &x, const Tensor &other, const Tensor &p) {
  if (!x.same_size(other) || p.size[0] != 1 || p.dims != x.dims || p.size[1] != x.size[1]) return BAD_PARAM;
  for (int d = 2; d < x.dims; d++)
    if (p.size[d] != (mode == PER_ACTIVATION ? x.size[d] : 1)) return BAD_PARAM;
  return p.type() == (x.type() == Type::F64 ? Type::F64 : Type::F32) ? OK : BAD_PARAM;
}

double at(const void *p, const Tensor &of, size_t i) { return load<double>(p, of.type(), i); }

}  // namespace

EMULATOR_API int cudnnDeriveBNTensorDescriptor(Tensor *derived, const Tensor *x, int mode) {
  EMULATOR_ENTER();
  *derived = *x;
  derived->data_type = x->type() == Type::F64 ? 1 : 0;
  derived->size[0] = 1;
  int step = 1;
  for (int d = x->dims - 1; d >= 0; d--) {
    if (d > 1 && mode != PER_ACTIVATION) derived->size[d] = 1;
    derived->stride[d] = step;
    step *= derived->size[d];
  }
  return OK;
}

EMULATOR_API int cudnnBatchNormalizationForwardInference(Handle *h, int mode, const void *alpha, const void *beta,
                                                         const Tensor *xd, const void *x, const Tensor *yd, void *y,
                                                         const Tensor *pd, const void *scale, const void *bias,
                                                         const void *mean, const void *variance, double epsilon) {
  ENTER_DNN();
  if (int wrong = check(mode, *xd, *yd, *pd)) return wrong;
  Tensor X = *xd, Y = *yd, P = *pd;
  double a = scalar(alpha, X), b = scalar(beta, X);
  return submit(h, __func__, {{x, X.bytes()}, {y, Y.bytes()}, {scale, P.bytes()}, {bias, P.bytes()}, {mean, P.bytes()},
                              {variance, P.bytes()}}, [=] {
    for_each_index(X.size, X.dims, [&](const int *i) {
      size_t c = parameter_of(mode, X, i);
      double v = (at(x, X, offset_of(X, i)) - at(mean, P, c)) / std::sqrt(at(variance, P, c) + epsilon);
      blend(y, Y, offset_of(Y, i), a * (at(scale, P, c) * v + at(bias, P, c)), b);
    });
  });
}

EMULATOR_API int cudnnBatchNormalizationForwardTraining(Handle *h, int mode, const void *alpha, const void *beta,
                                                        const Tensor *xd, const void *x, const Tensor *yd, void *y,
                                                        const Tensor *pd, const void *scale, const void *bias,
                                                        double factor, void *running_mean, void *running_variance,
                                                        double epsilon, void *saved_mean, void *saved_inverse) {
  ENTER_DNN();
  if (int wrong = check(mode, *xd, *yd, *pd)) return wrong;
  if (!running_mean != !running_variance || !saved_mean != !saved_inverse) return BAD_PARAM;
  Tensor X = *xd, Y = *yd, P = *pd;
  double a = scalar(alpha, X), b = scalar(beta, X);
  size_t running = running_mean ? P.bytes() : 0, saved = saved_mean ? P.bytes() : 0;
  return submit(h, __func__, {{x, X.bytes()}, {y, Y.bytes()}, {scale, P.bytes()}, {bias, P.bytes()},
                              {running_mean, running}, {running_variance, running}, {saved_mean, saved},
                              {saved_inverse, saved}}, [=] {
    size_t n = parameters(mode, X), each = X.elements() / n;
    std::vector<double> mean(n), variance(n), inverse(n);
    for_each_index(X.size, X.dims, [&](const int *i) { mean[parameter_of(mode, X, i)] += at(x, X, offset_of(X, i)); });
    for (double &m : mean) m /= (double)each;
    for_each_index(X.size, X.dims, [&](const int *i) {
      size_t c = parameter_of(mode, X, i);
      double d = at(x, X, offset_of(X, i)) - mean[c];
      variance[c] += d * d;
    });
    for (size_t c = 0; c < n; c++) {
      inverse[c] = 1 / std::sqrt(variance[c] / (double)each + epsilon);
      if (running_mean) {
        double unbiased = variance[c] / (double)(each > 1 ? each - 1 : 1);
        store(running_mean, P.type(), c, (1 - factor) * (factor < 1 ? at(running_mean, P, c) : 0) + factor * mean[c]);
        store(running_variance, P.type(), c, (1 - factor) * (factor < 1 ? at(running_variance, P, c) : 0) + factor * unbiased);
      }
      if (saved_mean) {
        store(saved_mean, P.type(), c, mean[c]);
        store(saved_inverse, P.type(), c, inverse[c]);
      }
    }
    for_each_index(X.size, X.dims, [&](const int *i) {
      size_t c = parameter_of(mode, X, i);
      double v = (at(x, X, offset_of(X, i)) - mean[c]) * inverse[c];
      blend(y, Y, offset_of(Y, i), a * (at(scale, P, c) * v + at(bias, P, c)), b);
    });
  });
}

EMULATOR_API int cudnnBatchNormalizationBackward(Handle *h, int mode, const void *alpha_data, const void *beta_data,
                                                 const void *alpha_parameters, const void *beta_parameters,
                                                 const Tensor *xd, const void *x, const Tensor *dyd, const void *dy,
                                                 const Tensor *dxd, void *dx, const Tensor *pd, const void *scale,
                                                 void *d_scale, void *d_bias, double epsilon, const void *saved_mean,
                                                 const void *saved_inverse) {
  ENTER_DNN();
  if (int wrong = check(mode, *xd, *dyd, *pd)) return wrong;
  if (!dxd->same_size(*xd) || !saved_mean != !saved_inverse) return BAD_PARAM;
  Tensor X = *xd, DY = *dyd, DX = *dxd, P = *pd;
  double a = scalar(alpha_data, X), b = scalar(beta_data, X);
  double ap = scalar(alpha_parameters, X), bp = scalar(beta_parameters, X);
  size_t saved = saved_mean ? P.bytes() : 0;
  return submit(h, __func__, {{x, X.bytes()}, {dy, DY.bytes()}, {dx, DX.bytes()}, {scale, P.bytes()},
                              {d_scale, P.bytes()}, {d_bias, P.bytes()}, {saved_mean, saved}, {saved_inverse, saved}}, [=] {
    size_t n = parameters(mode, X);
    double each = (double)(X.elements() / n);
    std::vector<double> mean(n), inverse(n), sum(n), weighted(n);
    if (saved_mean) {
      for (size_t c = 0; c < n; c++) mean[c] = at(saved_mean, P, c), inverse[c] = at(saved_inverse, P, c);
    } else {
      for_each_index(X.size, X.dims, [&](const int *i) { mean[parameter_of(mode, X, i)] += at(x, X, offset_of(X, i)) / each; });
      for_each_index(X.size, X.dims, [&](const int *i) {
        size_t c = parameter_of(mode, X, i);
        double d = at(x, X, offset_of(X, i)) - mean[c];
        inverse[c] += d * d / each;
      });
      for (double &v : inverse) v = 1 / std::sqrt(v + epsilon);
    }
    auto normalised = [&](const int *i, size_t c) { return (at(x, X, offset_of(X, i)) - mean[c]) * inverse[c]; };
    for_each_index(X.size, X.dims, [&](const int *i) {
      size_t c = parameter_of(mode, X, i);
      double g = at(dy, DY, offset_of(DY, i));
      sum[c] += g;
      weighted[c] += g * normalised(i, c);
    });
    for_each_index(X.size, X.dims, [&](const int *i) {
      size_t c = parameter_of(mode, X, i);
      double g = at(dy, DY, offset_of(DY, i)) - (sum[c] + normalised(i, c) * weighted[c]) / each;
      blend(dx, DX, offset_of(DX, i), a * at(scale, P, c) * inverse[c] * g, b);
    });
    for (size_t c = 0; c < n; c++) {
      blend(d_scale, P, c, ap * weighted[c], bp);
      blend(d_bias, P, c, ap * sum[c], bp);
    }
  });
}
