// Softmax over the channels of each place, or over all of an example.
#include "dnn.h"

namespace {

enum { LOG = 2 };                 // cudnnSoftmaxAlgorithm_t; the others differ in accuracy only
enum { INSTANCE = 0, CHANNEL = 1 };

// Calls each(group) with the indices of the elements that sum to one.
template <class Each> void for_each_group(int mode, const Tensor &t, Each each) {
  int outer[MAX_DIMS], inner[MAX_DIMS];
  for (int d = 0; d < t.dims; d++) {
    bool inside = mode == INSTANCE ? d > 0 : d == 1;
    outer[d] = inside ? 1 : t.size[d];
    inner[d] = inside ? t.size[d] : 1;
  }
  for_each_index(outer, t.dims, [&](const int *first) {
    std::vector<std::vector<int>> group;
    for_each_index(inner, t.dims, [&](const int *rest) {
      std::vector<int> index(first, first + t.dims);
      for (int d = 0; d < t.dims; d++) index[(size_t)d] += rest[d];
      group.push_back(std::move(index));
    });
    each(group);
  });
}

}  // namespace

EMULATOR_API int cudnnSoftmaxForward(Handle *h, int algorithm, int mode, const void *alpha, const Tensor *xd, const void *x,
                                     const void *beta, const Tensor *yd, void *y) {
  ENTER_DNN();
  if (!xd->same_size(*yd)) return BAD_PARAM;
  Tensor X = *xd, Y = *yd;
  double a = scalar(alpha, X), b = scalar(beta, X);
  return submit(h, __func__, {{x, X.bytes()}, {y, Y.bytes()}}, [=] {
    for_each_group(mode, X, [&](const std::vector<std::vector<int>> &group) {
      std::vector<double> v;
      for (auto &i : group) v.push_back(load<double>(x, X.type(), offset_of(X, i.data())));
      double most = v[0], sum = 0;
      for (double e : v) most = std::max(most, e);
      for (double e : v) sum += std::exp(e - most);
      for (size_t i = 0; i < v.size(); i++) {
        double out = algorithm == LOG ? v[i] - most - std::log(sum) : std::exp(v[i] - most) / sum;
        blend(y, Y, offset_of(Y, group[i].data()), a * out, b);
      }
    });
  });
}

EMULATOR_API int cudnnSoftmaxBackward(Handle *h, int algorithm, int mode, const void *alpha, const Tensor *yd, const void *y,
                                      const Tensor *dyd, const void *dy, const void *beta, const Tensor *dxd, void *dx) {
  ENTER_DNN();
  if (!dyd->same_size(*yd) || !dxd->same_size(*yd)) return BAD_PARAM;
  Tensor Y = *yd, DY = *dyd, DX = *dxd;
  double a = scalar(alpha, Y), b = scalar(beta, Y);
  return submit(h, __func__, {{y, Y.bytes()}, {dy, DY.bytes()}, {dx, DX.bytes()}}, [=] {
    for_each_group(mode, Y, [&](const std::vector<std::vector<int>> &group) {
      std::vector<double> out, gradient;
      double sum = 0;
      for (auto &i : group) {
        out.push_back(load<double>(y, Y.type(), offset_of(Y, i.data())));
        gradient.push_back(load<double>(dy, DY.type(), offset_of(DY, i.data())));
        sum += algorithm == LOG ? gradient.back() : gradient.back() * out.back();
      }
      for (size_t i = 0; i < out.size(); i++) {
        double g = algorithm == LOG ? gradient[i] - std::exp(out[i]) * sum : out[i] * (gradient[i] - sum);
        blend(dx, DX, offset_of(DX, group[i].data()), a * g, b);
      }
    });
  });
}
