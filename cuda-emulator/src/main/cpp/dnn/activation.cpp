// Activations.
#include "dnn.h"

// By cudnnActivationMode_t.
enum { SIGMOID = 0, RELU = 1, TANH = 2, CLIPPED_RELU = 3, ELU = 4, IDENTITY = 5, SWISH = 6 };

void apply_activation(const Activation &a, double &v) {
  switch (a.mode) {
    case SIGMOID: v = 1 / (1 + std::exp(-v)); break;
    case RELU: v = v < 0 ? 0 : v; break;
    case TANH: v = std::tanh(v); break;
    case CLIPPED_RELU: v = v < 0 ? 0 : v > a.coefficient ? a.coefficient : v; break;
    case ELU: v = v < 0 ? a.coefficient * std::expm1(v) : v; break;
    case SWISH: v = v / (1 + std::exp(-v)); break;
    default: break;
  }
}

static double derivative(const Activation &a, double x, double y) {
  switch (a.mode) {
    case SIGMOID: return y * (1 - y);
    case RELU: return x > 0 ? 1 : 0;
    case TANH: return 1 - y * y;
    case CLIPPED_RELU: return x > 0 && x < a.coefficient ? 1 : 0;
    case ELU: return x < 0 ? y + a.coefficient : 1;
    case SWISH: {
      double s = 1 / (1 + std::exp(-x));
      return s + x * s * (1 - s);
    }
    default: return 1;
  }
}

EMULATOR_API int cudnnActivationForward(Handle *h, const Activation *activation, const void *alpha, const Tensor *xd,
                                        const void *x, const void *beta, const Tensor *yd, void *y) {
  ENTER_DNN();
  if (!xd->same_size(*yd)) return BAD_PARAM;
  if (activation->mode == IDENTITY) return BAD_PARAM;
  Activation act = *activation;
  Tensor X = *xd, Y = *yd;
  double a = scalar(alpha, X), b = scalar(beta, X);
  return submit(h, __func__, {{x, X.bytes()}, {y, Y.bytes()}}, [=] {
    for_each_index(X.size, X.dims, [&](const int *at) {
      double v = load<double>(x, X.type(), offset_of(X, at));
      apply_activation(act, v);
      blend(y, Y, offset_of(Y, at), a * v, b);
    });
  });
}

EMULATOR_API int cudnnActivationBackward(Handle *h, const Activation *activation, const void *alpha, const Tensor *yd,
                                         const void *y, const Tensor *dyd, const void *dy, const Tensor *xd,
                                         const void *x, const void *beta, const Tensor *dxd, void *dx) {
  ENTER_DNN();
  if (!xd->same_size(*yd) || !dyd->same_size(*yd) || !dxd->same_size(*yd)) return BAD_PARAM;
  Activation act = *activation;
  Tensor X = *xd, Y = *yd, DY = *dyd, DX = *dxd;
  double a = scalar(alpha, X), b = scalar(beta, X);
  return submit(h, __func__, {{x, X.bytes()}, {y, Y.bytes()}, {dy, DY.bytes()}, {dx, DX.bytes()}}, [=] {
    for_each_index(X.size, X.dims, [&](const int *at) {
      double slope = derivative(act, load<double>(x, X.type(), offset_of(X, at)), load<double>(y, Y.type(), offset_of(Y, at)));
      double v = slope * load<double>(dy, DY.type(), offset_of(DY, at));
      blend(dx, DX, offset_of(DX, at), a * v, b);
    });
  });
}
