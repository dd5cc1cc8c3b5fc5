// Pooling with windows of any number of dimensions.
#include <limits>

#include "dnn.h"

namespace {

enum { MAX = 0, AVERAGE_WITH_PADDING = 1, AVERAGE = 2, MAX_DETERMINISTIC = 3 };

struct Pooling {
  int mode = 0, nan = 0, spatial = 0;
  int window[MAX_DIMS] = {}, padding[MAX_DIMS] = {}, stride[MAX_DIMS] = {};
};

int check(const Pooling &p, const Tensor &x, const Tensor &y) {
  if (x.dims != p.spatial + 2 || y.dims != x.dims || x.size[0] != y.size[0] || x.size[1] != y.size[1]) return BAD_PARAM;
  for (int d = 0; d < p.spatial; d++)
    if (y.size[2 + d] != 1 + (x.size[2 + d] + 2 * p.padding[d] - p.window[d]) / p.stride[d]) return BAD_PARAM;
  return x.type() == y.type() ? OK : BAD_PARAM;
}

// Calls each(offset in x) for the places of the window of one output that lie inside; returns how many do.
template <class Each> int for_window(const Pooling &p, const Tensor &x, const int *out, Each each) {
  int inside = 0;
  for_each_index(p.window, p.spatial, [&](const int *tap) {
    size_t offset = (size_t)out[0] * (size_t)x.stride[0] + (size_t)out[1] * (size_t)x.stride[1];
    for (int d = 0; d < p.spatial; d++) {
      int in = out[2 + d] * p.stride[d] - p.padding[d] + tap[d];
      if (in < 0 || in >= x.size[2 + d]) return;
      offset += (size_t)in * (size_t)x.stride[2 + d];
    }
    inside++;
    each(offset);
  });
  return inside;
}

int window_size(const Pooling &p) {
  int size = 1;
  for (int d = 0; d < p.spatial; d++) size *= p.window[d];
  return size;
}

bool is_max(const Pooling &p) { return p.mode == MAX || p.mode == MAX_DETERMINISTIC; }

// The first of the largest values of a window.
size_t largest(const Pooling &p, const Tensor &X, const void *x, const int *out, double &value) {
  size_t at = 0;
  value = -std::numeric_limits<double>::infinity();
  bool found = false;
  for_window(p, X, out, [&](size_t offset) {
    double v = load<double>(x, X.type(), offset);
    bool better = !found || v > value || (p.nan && v != v && value == value);
    if (better) value = v, at = offset;
    found = true;
  });
  return at;
}

}  // namespace

EMULATOR_API int cudnnCreatePoolingDescriptor(Pooling **p) {
  EMULATOR_ENTER();
  *p = new Pooling;
  return OK;
}

EMULATOR_API int cudnnDestroyPoolingDescriptor(Pooling *p) {
  delete p;
  return OK;
}

EMULATOR_API int cudnnSetPoolingNdDescriptor(Pooling *p, int mode, int nan, int spatial, const int *window,
                                             const int *padding, const int *stride) {
  EMULATOR_ENTER();
  if (spatial < 1 || spatial > MAX_DIMS - 2) return BAD_PARAM;
  for (int d = 0; d < spatial; d++)
    if (window[d] < 1 || stride[d] < 1 || padding[d] < 0 || padding[d] >= window[d]) return BAD_PARAM;
  p->mode = mode;
  p->nan = nan;
  p->spatial = spatial;
  std::copy_n(window, spatial, p->window);
  std::copy_n(padding, spatial, p->padding);
  std::copy_n(stride, spatial, p->stride);
  return OK;
}

EMULATOR_API int cudnnSetPooling2dDescriptor(Pooling *p, int mode, int nan, int window_h, int window_w, int padding_h,
                                             int padding_w, int stride_h, int stride_w) {
  EMULATOR_ENTER();
  const int window[] = {window_h, window_w}, padding[] = {padding_h, padding_w}, stride[] = {stride_h, stride_w};
  return cudnnSetPoolingNdDescriptor(p, mode, nan, 2, window, padding, stride);
}

EMULATOR_API int cudnnGetPoolingNdForwardOutputDim(const Pooling *p, const Tensor *x, int dims, int *size) {
  EMULATOR_ENTER();
  if (dims != x->dims || dims != p->spatial + 2) return BAD_PARAM;
  size[0] = x->size[0];
  size[1] = x->size[1];
  for (int d = 0; d < p->spatial; d++)
    size[2 + d] = 1 + (x->size[2 + d] + 2 * p->padding[d] - p->window[d]) / p->stride[d];
  return OK;
}

EMULATOR_API int cudnnPoolingForward(Handle *h, const Pooling *pooling, const void *alpha, const Tensor *xd, const void *x,
                                     const void *beta, const Tensor *yd, void *y) {
  ENTER_DNN();
  if (int wrong = check(*pooling, *xd, *yd)) return wrong;
  Pooling p = *pooling;
  Tensor X = *xd, Y = *yd;
  double a = scalar(alpha, X), b = scalar(beta, X);
  return submit(h, __func__, {{x, X.bytes()}, {y, Y.bytes()}}, [=] {
    for_each_index(Y.size, Y.dims, [&](const int *out) {
      double v = 0;
      if (is_max(p)) {
        largest(p, X, x, out, v);
      } else {
        int inside = for_window(p, X, out, [&](size_t at) { v += load<double>(x, X.type(), at); });
        v /= p.mode == AVERAGE ? inside : window_size(p);
      }
      blend(y, Y, offset_of(Y, out), a * v, b);
    });
  });
}

EMULATOR_API int cudnnPoolingBackward(Handle *h, const Pooling *pooling, const void *alpha, const Tensor *yd,
                                      const void *y, const Tensor *dyd, const void *dy, const Tensor *xd, const void *x,
                                      const void *beta, const Tensor *dxd, void *dx) {
  ENTER_DNN();
  if (int wrong = check(*pooling, *xd, *yd)) return wrong;
  if (!dyd->same_size(*yd) || !dxd->same_size(*xd)) return BAD_PARAM;
  Pooling p = *pooling;
  Tensor X = *xd, Y = *yd, DY = *dyd, DX = *dxd;
  double a = scalar(alpha, X), b = scalar(beta, X);
  return submit(h, __func__, {{x, X.bytes()}, {y, Y.bytes()}, {dy, DY.bytes()}, {dx, DX.bytes()}}, [=] {
    std::vector<double> sums(X.bytes() / bytes_of(X.type()));
    for_each_index(DY.size, DY.dims, [&](const int *out) {
      double g = load<double>(dy, DY.type(), offset_of(DY, out)), v;
      if (is_max(p)) {
        sums[largest(p, X, x, out, v)] += g;
        return;
      }
      int inside = for_window(p, X, out, [](size_t) {});
      double share = g / (p.mode == AVERAGE ? inside : window_size(p));
      for_window(p, X, out, [&](size_t at) { sums[at] += share; });
    });
    for_each_index(X.size, X.dims, [&](const int *in) { blend(dx, DX, offset_of(DX, in), a * sums[offset_of(X, in)], b); });
  });
}
