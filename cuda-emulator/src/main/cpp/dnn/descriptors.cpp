// Handles and descriptors.
#include "dnn.h"

EMULATOR_API size_t cudnnGetVersion() { return CUDNN_MAJOR == 8 ? 8907 : 90100; }
EMULATOR_API size_t cudnnGetCudartVersion() { return CUDA_MAJOR * 1000; }

EMULATOR_API int cudnnGetProperty(int property, int *value) {
  const int version[] = {CUDNN_MAJOR, CUDNN_MAJOR == 8 ? 9 : 1, CUDNN_MAJOR == 8 ? 7 : 0};
  if (property < 0 || property > 2) return BAD_PARAM;
  *value = version[property];
  return OK;
}

EMULATOR_API const char *cudnnGetErrorString(int status) {
  switch (status) {
    case OK: return "CUDNN_STATUS_SUCCESS";
    case NOT_INITIALIZED: return "CUDNN_STATUS_NOT_INITIALIZED";
    case ALLOC_FAILED: return "CUDNN_STATUS_ALLOC_FAILED";
    case BAD_PARAM: return "CUDNN_STATUS_BAD_PARAM";
    case INTERNAL_ERROR: return "CUDNN_STATUS_INTERNAL_ERROR";
    case EXECUTION_FAILED: return "CUDNN_STATUS_EXECUTION_FAILED";
    case NOT_SUPPORTED: return "CUDNN_STATUS_NOT_SUPPORTED";
    default: return "CUDNN_STATUS_UNKNOWN";
  }
}

EMULATOR_API int cudnnCreate(Handle **h) {
  EMULATOR_ENTER();
  if (emulator_device() < 0 || emulator_refuse_during_capture()) return NOT_INITIALIZED;
  *h = new Handle{emulator_device()};
  return OK;
}

EMULATOR_API int cudnnDestroy(Handle *h) {
  delete h;
  return OK;
}

EMULATOR_API int cudnnSetStream(Handle *h, void *stream) {
  ENTER_DNN();
  h->stream = stream;
  return OK;
}

EMULATOR_API int cudnnGetStream(Handle *h, void **stream) {
  ENTER_DNN();
  *stream = h->stream;
  return OK;
}

#define DESCRIPTOR(name, type)                                  \
  EMULATOR_API int cudnnCreate##name##Descriptor(type **d) {    \
    EMULATOR_ENTER();                                           \
    *d = new type;                                              \
    return OK;                                                  \
  }                                                             \
  EMULATOR_API int cudnnDestroy##name##Descriptor(type *d) {    \
    delete d;                                                   \
    return OK;                                                  \
  }
DESCRIPTOR(Tensor, Tensor)
DESCRIPTOR(Filter, Filter)
DESCRIPTOR(Convolution, Convolution)
DESCRIPTOR(Activation, Activation)

// ---- tensors ----

static int set(Tensor *t, int data_type, int dims, const int *size, const int *stride) {
  if (!t || dims < 1 || dims > MAX_DIMS) return BAD_PARAM;
  if (type_of(data_type) == Type::NONE) return NOT_SUPPORTED;
  for (int d = 0; d < dims; d++)
    if (size[d] < 1 || stride[d] < 0) return BAD_PARAM;
  t->data_type = data_type;
  t->dims = dims;
  std::copy_n(size, dims, t->size);
  std::copy_n(stride, dims, t->stride);
  return OK;
}

// Packed strides; in channels-last order the channels of dimension 1 lie closest together.
static void pack(int dims, const int *size, bool channels_last, int *stride) {
  int step = 1;
  if (channels_last) {
    stride[1] = step;
    step *= size[1];
  }
  for (int d = dims - 1; d >= 0; d--) {
    if (channels_last && d == 1) continue;
    stride[d] = step;
    step *= size[d];
  }
}

EMULATOR_API int cudnnSetTensorNdDescriptor(Tensor *t, int data_type, int dims, const int *size, const int *stride) {
  EMULATOR_ENTER();
  if (dims < 3) return BAD_PARAM;
  return set(t, data_type, dims, size, stride);
}

EMULATOR_API int cudnnSetTensorNdDescriptorEx(Tensor *t, int format, int data_type, int dims, const int *size) {
  EMULATOR_ENTER();
  if (dims < 3 || dims > MAX_DIMS) return BAD_PARAM;
  if (format > 1) return NOT_SUPPORTED;
  int stride[MAX_DIMS];
  pack(dims, size, format == 1, stride);
  return set(t, data_type, dims, size, stride);
}

EMULATOR_API int cudnnSetTensor4dDescriptorEx(Tensor *t, int data_type, int n, int c, int h, int w, int stride_n,
                                              int stride_c, int stride_h, int stride_w) {
  EMULATOR_ENTER();
  const int size[] = {n, c, h, w}, stride[] = {stride_n, stride_c, stride_h, stride_w};
  return set(t, data_type, 4, size, stride);
}

EMULATOR_API int cudnnSetTensor4dDescriptor(Tensor *t, int format, int data_type, int n, int c, int h, int w) {
  EMULATOR_ENTER();
  const int size[] = {n, c, h, w};
  return cudnnSetTensorNdDescriptorEx(t, format, data_type, 4, size);
}

EMULATOR_API int cudnnGetTensorNdDescriptor(const Tensor *t, int asked, int *data_type, int *dims, int *size, int *stride) {
  *data_type = t->data_type;
  *dims = t->dims;
  std::copy_n(t->size, std::min(asked, t->dims), size);
  std::copy_n(t->stride, std::min(asked, t->dims), stride);
  return OK;
}

EMULATOR_API int cudnnGetTensorSizeInBytes(const Tensor *t, size_t *bytes) {
  *bytes = t->bytes();
  return OK;
}

// ---- filters ----

EMULATOR_API int cudnnSetFilterNdDescriptor(Filter *f, int data_type, int format, int dims, const int *size) {
  EMULATOR_ENTER();
  if (dims < 3 || dims > MAX_DIMS) return BAD_PARAM;
  if (format > 1) return NOT_SUPPORTED;
  f->format = format;
  int stride[MAX_DIMS];
  pack(dims, size, format == 1, stride);
  return set(f, data_type, dims, size, stride);
}

EMULATOR_API int cudnnSetFilter4dDescriptor(Filter *f, int data_type, int format, int k, int c, int h, int w) {
  EMULATOR_ENTER();
  const int size[] = {k, c, h, w};
  return cudnnSetFilterNdDescriptor(f, data_type, format, 4, size);
}

EMULATOR_API int cudnnGetFilterSizeInBytes(const Filter *f, size_t *bytes) {
  *bytes = f->bytes();
  return OK;
}

// ---- convolutions ----

EMULATOR_API int cudnnSetConvolutionNdDescriptor(Convolution *c, int spatial, const int *padding, const int *stride,
                                                 const int *dilation, int mode, int data_type) {
  EMULATOR_ENTER();
  if (spatial < 1 || spatial > MAX_DIMS - 2) return BAD_PARAM;
  for (int d = 0; d < spatial; d++)
    if (padding[d] < 0 || stride[d] < 1 || dilation[d] < 1) return BAD_PARAM;
  c->spatial = spatial;
  std::copy_n(padding, spatial, c->padding);
  std::copy_n(stride, spatial, c->stride);
  std::copy_n(dilation, spatial, c->dilation);
  c->mode = mode;
  c->data_type = data_type;
  return OK;
}

EMULATOR_API int cudnnSetConvolution2dDescriptor(Convolution *c, int padding_h, int padding_w, int stride_h,
                                                 int stride_w, int dilation_h, int dilation_w, int mode, int data_type) {
  EMULATOR_ENTER();
  const int padding[] = {padding_h, padding_w}, stride[] = {stride_h, stride_w}, dilation[] = {dilation_h, dilation_w};
  return cudnnSetConvolutionNdDescriptor(c, 2, padding, stride, dilation, mode, data_type);
}

EMULATOR_API int cudnnSetConvolutionGroupCount(Convolution *c, int groups) {
  EMULATOR_ENTER();
  if (groups < 1) return BAD_PARAM;
  c->groups = groups;
  return OK;
}

EMULATOR_API int cudnnGetConvolutionGroupCount(const Convolution *c, int *groups) {
  *groups = c->groups;
  return OK;
}

EMULATOR_API int cudnnSetConvolutionMathType(Convolution *c, int math) {
  EMULATOR_ENTER();
  c->math = math;
  return OK;
}

EMULATOR_API int cudnnGetConvolutionMathType(const Convolution *c, int *math) {
  *math = c->math;
  return OK;
}

static int output_size(const Convolution *c, const Tensor *x, const Filter *w, int d) {
  int reach = (w->size[2 + d] - 1) * c->dilation[d] + 1;
  return 1 + (x->size[2 + d] + 2 * c->padding[d] - reach) / c->stride[d];
}

EMULATOR_API int cudnnGetConvolutionNdForwardOutputDim(const Convolution *c, const Tensor *x, const Filter *w, int dims,
                                                       int *size) {
  EMULATOR_ENTER();
  if (dims != x->dims || dims != w->dims || dims != c->spatial + 2) return BAD_PARAM;
  size[0] = x->size[0];
  size[1] = w->size[0];
  for (int d = 0; d < c->spatial; d++) size[2 + d] = output_size(c, x, w, d);
  return OK;
}

EMULATOR_API int cudnnGetConvolution2dForwardOutputDim(const Convolution *c, const Tensor *x, const Filter *w, int *n,
                                                       int *k, int *height, int *width) {
  EMULATOR_ENTER();
  int size[4];
  if (int wrong = cudnnGetConvolutionNdForwardOutputDim(c, x, w, 4, size)) return wrong;
  *n = size[0];
  *k = size[1];
  *height = size[2];
  *width = size[3];
  return OK;
}

// ---- activations ----

EMULATOR_API int cudnnSetActivationDescriptor(Activation *a, int mode, int nan, double coefficient) {
  EMULATOR_ENTER();
  *a = {mode, nan, coefficient};
  return OK;
}
