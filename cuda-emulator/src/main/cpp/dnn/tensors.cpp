// Copies, fills and sums of tensors.
#include "dnn.h"

// C = alpha * A + beta * C, where A has the size of C or 1 in each dimension.
EMULATOR_API int cudnnAddTensor(Handle *h, const void *alpha, const Tensor *ad, const void *from, const void *beta,
                                const Tensor *cd, void *c) {
  ENTER_DNN();
  if (ad->dims != cd->dims) return BAD_PARAM;
  for (int d = 0; d < cd->dims; d++)
    if (ad->size[d] != cd->size[d] && ad->size[d] != 1) return BAD_PARAM;
  Tensor A = *ad, C = *cd;
  double a = scalar(alpha, C), b = scalar(beta, C);
  for (int d = 0; d < A.dims; d++)
    if (A.size[d] == 1) A.stride[d] = 0;
  return submit(h, __func__, {{from, ad->bytes()}, {c, C.bytes()}}, [=] {
    for_each_index(C.size, C.dims, [&](const int *i) {
      blend(c, C, offset_of(C, i), a * load<double>(from, A.type(), offset_of(A, i)), b);
    });
  });
}

EMULATOR_API int cudnnTransformTensor(Handle *h, const void *alpha, const Tensor *xd, const void *x, const void *beta,
                                      const Tensor *yd, void *y) {
  ENTER_DNN();
  if (!xd->same_size(*yd)) return BAD_PARAM;
  Tensor X = *xd, Y = *yd;
  double a = scalar(alpha, X), b = scalar(beta, X);
  return submit(h, __func__, {{x, X.bytes()}, {y, Y.bytes()}}, [=] {
    for_each_index(X.size, X.dims, [&](const int *i) {
      blend(y, Y, offset_of(Y, i), a * load<double>(x, X.type(), offset_of(X, i)), b);
    });
  });
}

EMULATOR_API int cudnnSetTensor(Handle *h, const Tensor *yd, void *y, const void *value) {
  ENTER_DNN();
  Tensor Y = *yd;
  double v = load<double>(value, Y.type(), 0);
  return submit(h, __func__, {{y, Y.bytes()}}, [=] {
    for_each_index(Y.size, Y.dims, [&](const int *i) { store(y, Y.type(), offset_of(Y, i), v); });
  });
}

EMULATOR_API int cudnnScaleTensor(Handle *h, const Tensor *yd, void *y, const void *alpha) {
  ENTER_DNN();
  Tensor Y = *yd;
  double a = scalar(alpha, Y);
  return submit(h, __func__, {{y, Y.bytes()}}, [=] {
    for_each_index(Y.size, Y.dims, [&](const int *i) {
      size_t at = offset_of(Y, i);
      store(y, Y.type(), at, a * load<double>(y, Y.type(), at));
    });
  });
}
