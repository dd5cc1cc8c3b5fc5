// Descriptors and status codes of the fake libcudnn.
#pragma once
#include <initializer_list>
#include <vector>

#include "../emulator.h"
#include "../numbers.h"

// cuDNN 9 renumbered the errors.
enum Status {
  OK = 0,
  NOT_INITIALIZED = CUDNN_MAJOR == 8 ? 1 : 1001,
  ALLOC_FAILED = CUDNN_MAJOR == 8 ? 2 : 4003,
  BAD_PARAM = CUDNN_MAJOR == 8 ? 3 : 2000,
  INTERNAL_ERROR = CUDNN_MAJOR == 8 ? 4 : 4000,
  EXECUTION_FAILED = CUDNN_MAJOR == 8 ? 8 : 5000,
  NOT_SUPPORTED = CUDNN_MAJOR == 8 ? 9 : 3000,
};

static constexpr int MAX_DIMS = 8;

struct Handle {
  int device;
  void *stream = nullptr;
};

// By cudnnDataType_t.
inline Type type_of(int data_type) {
  switch (data_type) {
    case 0: return Type::F32;
    case 1: return Type::F64;
    case 2: return Type::F16;
    case 9: return Type::BF16;
    default: return Type::NONE;
  }
}

struct Tensor {
  int data_type = 0, dims = 0;
  int size[MAX_DIMS] = {}, stride[MAX_DIMS] = {};

  Type type() const { return type_of(data_type); }
  int spatial() const { return dims - 2; }
  size_t elements() const {
    size_t n = 1;
    for (int d = 0; d < dims; d++) n *= (size_t)size[d];
    return n;
  }
  // From the first element to the last.
  size_t bytes() const {
    size_t last = 0;
    for (int d = 0; d < dims; d++) last += (size_t)(size[d] - 1) * (size_t)stride[d];
    return (last + 1) * bytes_of(type());
  }
  bool same_size(const Tensor &other) const {
    for (int d = 0; d < dims; d++)
      if (size[d] != other.size[d]) return false;
    return dims == other.dims;
  }
};

// A filter is a tensor [output channels, input channels per group, spatial...]; channels_last puts the channels last.
struct Filter : Tensor {
  int format = 0;
};

struct Convolution {
  int spatial = 0, mode = 0, data_type = 0, groups = 1, math = 0;
  int padding[MAX_DIMS] = {}, stride[MAX_DIMS] = {}, dilation[MAX_DIMS] = {};
};

struct Activation {
  int mode = 0, nan = 0;
  double coefficient = 0;
};

// Scaling factors are double for double tensors and float for all others.
inline double scalar(const void *p, const Tensor &of) { return load<double>(p, of.type() == Type::F64 ? Type::F64 : Type::F32, 0); }

inline int wrong_device(const Handle *h, const char *function) {
  if (h->device == emulator_device()) return OK;
  emulator_say("%s: a handle of device %d, used on device %d", function, h->device, emulator_device());
  return EXECUTION_FAILED;
}

#define ENTER_DNN()                                         \
  EMULATOR_ENTER();                                         \
  if (!h) return NOT_INITIALIZED;                           \
  if (int wrong = wrong_device(h, __func__)) return wrong

// Memory that a call will read or write.
struct Region {
  const void *data;
  size_t bytes;
};

// Enqueues the work after checking, when it runs, that the memory is there.
template <class Work>
int submit(const Handle *h, const char *function, std::initializer_list<Region> regions, Work work) {
  std::vector<Region> all(regions);
  int device = h->device;
  int code = emulator_submit(h->stream, [=] {
    for (const Region &region : all)
      if (int bad = emulator_check(function, device, region.data, region.bytes)) return bad;
    work();
    return 0;
  });
  return code ? EXECUTION_FAILED : OK;
}

// Calls each(index) for every index of the sizes, the last running fastest.
template <class Each> void for_each_index(const int *size, int dims, Each each) {
  int index[MAX_DIMS] = {};
  for (int d = 0; d < dims; d++)
    if (size[d] <= 0) return;
  for (;;) {
    each((const int *)index);
    int d = dims - 1;
    while (d >= 0 && ++index[d] == size[d]) index[d--] = 0;
    if (d < 0) return;
  }
}

inline size_t offset_of(const Tensor &t, const int *index) {
  size_t offset = 0;
  for (int d = 0; d < t.dims; d++) offset += (size_t)index[d] * (size_t)t.stride[d];
  return offset;
}

// target[at] = v + beta * target[at]; a beta of 0 does not read it.
inline void blend(void *target, const Tensor &t, size_t at, double v, double beta) {
  store(target, t.type(), at, beta != 0 ? v + beta * load<double>(target, t.type(), at) : v);
}

void apply_activation(const Activation &a, double &v);
