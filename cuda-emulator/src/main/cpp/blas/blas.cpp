// The fake libcublas: handles and matrix multiplication, column-major, in stream order through the fake driver.
#include "../emulator.h"
#include "../multiply.h"
#include "../numbers.h"

enum Status {
  OK = 0,
  NOT_INITIALIZED = 1,
  INVALID_VALUE = 7,
  EXECUTION_FAILED = 13,
  NOT_SUPPORTED = 15,
};

struct Handle {
  int device;
  void *stream = nullptr;
  int math = 0;          // 3 lets float32 use TF32
  int pointer_mode = 0;  // 1: alpha and beta lie on the device
  int atomics = 0;
};

static int wrong_device(const Handle *h, const char *function) {
  if (h->device == emulator_device()) return OK;
  emulator_say("%s: a handle of device %d, used on device %d", function, h->device, emulator_device());
  return EXECUTION_FAILED;
}

#define ENTER_BLAS()                                        \
  EMULATOR_ENTER();                                         \
  if (!h) return NOT_INITIALIZED;                           \
  if (int wrong = wrong_device(h, __func__)) return wrong

EMULATOR_API int cublasCreate_v2(Handle **h) {
  EMULATOR_ENTER();
  if (emulator_device() < 0 || emulator_refuse_during_capture()) return NOT_INITIALIZED;
  *h = new Handle{emulator_device()};
  return OK;
}

EMULATOR_API int cublasDestroy_v2(Handle *h) {
  if (!h) return NOT_INITIALIZED;
  delete h;
  return OK;
}

EMULATOR_API int cublasGetVersion_v2(Handle *, int *version) {
  *version = CUDA_MAJOR == 12 ? 120600 : 130000;
  return OK;
}

EMULATOR_API int cublasGetProperty(int property, int *value) {
  *value = property == 0 ? CUDA_MAJOR : property == 1 && CUDA_MAJOR == 12 ? 6 : 0;
  return OK;
}

EMULATOR_API int cublasSetStream_v2(Handle *h, void *stream) {
  ENTER_BLAS();
  h->stream = stream;
  return OK;
}

EMULATOR_API int cublasGetStream_v2(Handle *h, void **stream) {
  ENTER_BLAS();
  *stream = h->stream;
  return OK;
}

EMULATOR_API int cublasSetWorkspace_v2(Handle *h, void *workspace, size_t size) {
  ENTER_BLAS();
  if ((uintptr_t)workspace % 256) return INVALID_VALUE;
  return emulator_check(__func__, h->device, workspace, size) ? INVALID_VALUE : OK;
}

EMULATOR_API int cublasSetMathMode(Handle *h, int mode) {
  ENTER_BLAS();
  h->math = mode;
  return OK;
}

EMULATOR_API int cublasGetMathMode(Handle *h, int *mode) {
  ENTER_BLAS();
  *mode = h->math;
  return OK;
}

EMULATOR_API int cublasSetPointerMode_v2(Handle *h, int mode) {
  ENTER_BLAS();
  h->pointer_mode = mode;
  return OK;
}

EMULATOR_API int cublasGetPointerMode_v2(Handle *h, int *mode) {
  ENTER_BLAS();
  *mode = h->pointer_mode;
  return OK;
}

EMULATOR_API int cublasSetAtomicsMode(Handle *h, int mode) {
  ENTER_BLAS();
  h->atomics = mode;
  return OK;
}

EMULATOR_API int cublasGetAtomicsMode(Handle *h, int *mode) {
  ENTER_BLAS();
  *mode = h->atomics;
  return OK;
}

EMULATOR_API const char *cublasGetStatusName(int status) {
  switch (status) {
    case OK: return "CUBLAS_STATUS_SUCCESS";
    case NOT_INITIALIZED: return "CUBLAS_STATUS_NOT_INITIALIZED";
    case 3: return "CUBLAS_STATUS_ALLOC_FAILED";
    case INVALID_VALUE: return "CUBLAS_STATUS_INVALID_VALUE";
    case 8: return "CUBLAS_STATUS_ARCH_MISMATCH";
    case 11: return "CUBLAS_STATUS_MAPPING_ERROR";
    case EXECUTION_FAILED: return "CUBLAS_STATUS_EXECUTION_FAILED";
    case 14: return "CUBLAS_STATUS_INTERNAL_ERROR";
    case NOT_SUPPORTED: return "CUBLAS_STATUS_NOT_SUPPORTED";
    default: return "CUBLAS_STATUS_UNKNOWN";
  }
}

EMULATOR_API const char *cublasGetStatusString(int status) { return cublasGetStatusName(status); }

// ---- matrix multiplication ----

// By cudaDataType.
static Type type_of(int data_type) {
  switch (data_type) {
    case 0: return Type::F32;
    case 1: return Type::F64;
    case 2: return Type::F16;
    case 14: return Type::BF16;
    default: return Type::NONE;
  }
}

enum class Rounding { NONE, TF32, F16, BF16 };

struct Arithmetic {
  Type scale = Type::NONE;  // of alpha and beta
  Rounding inputs = Rounding::NONE;
};

// By cublasComputeType_t; scale NONE where cuBLAS does not support the combination.
static Arithmetic arithmetic_of(const Handle *h, int compute, Type a, Type c) {
  bool floats = a == Type::F32 && c == Type::F32;
  bool mixed = floats || ((a == Type::F16 || a == Type::BF16) && (c == a || c == Type::F32));
  switch (compute) {
    case 64: case 65: return {a == Type::F16 && c == a ? Type::F16 : Type::NONE};
    case 68: return {mixed ? Type::F32 : Type::NONE, h->math == 3 && floats ? Rounding::TF32 : Rounding::NONE};
    case 69: return {mixed ? Type::F32 : Type::NONE};
    case 70: case 71: return {a == Type::F64 && c == a ? Type::F64 : Type::NONE};
    case 74: return {floats ? Type::F32 : Type::NONE, Rounding::F16};
    case 75: return {floats ? Type::F32 : Type::NONE, Rounding::BF16};
    case 77: return {floats ? Type::F32 : Type::NONE, Rounding::TF32};
    default: return {};
  }
}

struct Operand {
  const void *data;
  Type type;
  int leading;
  bool transposed;

  size_t offset(int row, int column) const {
    return transposed ? (size_t)row * (size_t)leading + (size_t)column : (size_t)column * (size_t)leading + (size_t)row;
  }
  size_t bytes(int rows, int columns) const {
    return rows && columns ? (offset(rows - 1, columns - 1) + 1) * bytes_of(type) : 0;
  }
  Operand at(long long elements) const {
    return {(const char *)data + elements * (long long)bytes_of(type), type, leading, transposed};
  }
};

struct Product {
  const char *function;
  int device, m, n, k;
  const void *alpha, *beta;
  Arithmetic arithmetic;
  Operand a, b, c;
};

template <class T> static T read(const Operand &o, Rounding rounding, int row, int column) {
  T v = load<T>(o.data, o.type, o.offset(row, column));
  switch (rounding) {
    case Rounding::TF32: return rounded((float)v, 13);
    case Rounding::BF16: return rounded((float)v, 16);
    case Rounding::F16: return half_to_float(float_to_half((float)v));
    default: return v;
  }
}

template <class T> static void run(const Product &p, T alpha, T beta) {
  void *c = const_cast<void *>(p.c.data);
  // What is multiplied by zero is not read: it may be NaN.
  auto finish = [&](int i, int j, T sum) {
    size_t at = p.c.offset(i, j);
    store(c, p.c.type, at, alpha * sum + (beta != 0 ? beta * load<T>(c, p.c.type, at) : (T)0));
  };
  multiply<T>(p.m, p.n, alpha != 0 ? p.k : 0,
              [&](int i, int l) { return read<T>(p.a, p.arithmetic.inputs, i, l); },
              [&](int l, int j) { return read<T>(p.b, p.arithmetic.inputs, l, j); }, finish);
}

// On the stream; returns a CUresult.
static int execute(const Product &p, double alpha, double beta) {
  if (!p.m || !p.n) return 0;
  if (int bad = emulator_check(p.function, p.device, p.c.data, p.c.bytes(p.m, p.n))) return bad;
  if (alpha != 0 && p.k) {
    if (int bad = emulator_check(p.function, p.device, p.a.data, p.a.bytes(p.m, p.k))) return bad;
    if (int bad = emulator_check(p.function, p.device, p.b.data, p.b.bytes(p.k, p.n))) return bad;
  }
  if (p.arithmetic.scale == Type::F64) run<double>(p, alpha, beta);
  else run<float>(p, (float)alpha, (float)beta);
  return 0;
}

static int check_shapes(const Product &p, int batch) {
  if (p.m < 0 || p.n < 0 || p.k < 0 || batch < 0) return INVALID_VALUE;
  if (p.a.leading < std::max(1, p.a.transposed ? p.k : p.m)) return INVALID_VALUE;
  if (p.b.leading < std::max(1, p.b.transposed ? p.n : p.k)) return INVALID_VALUE;
  if (p.c.leading < std::max(1, p.m)) return INVALID_VALUE;
  if (!p.alpha || !p.beta) return INVALID_VALUE;
  if (p.a.type == Type::NONE || p.a.type != p.b.type || p.arithmetic.scale == Type::NONE) return NOT_SUPPORTED;
  return OK;
}

// Gives each product of the batch to `each`, with alpha and beta read from where they are.
template <class Each> static int submit(Handle *h, const Product &p, int batch, Each each) {
  if (int wrong = check_shapes(p, batch)) return wrong;
  bool on_host = h->pointer_mode == 0;
  Type scale = p.arithmetic.scale;
  double alpha = on_host ? load<double>(p.alpha, scale, 0) : 0, beta = on_host ? load<double>(p.beta, scale, 0) : 0;
  int code = emulator_submit(h->stream, [=] {
    double a = alpha, b = beta;
    if (!on_host) {
      for (const void *scalar : {p.alpha, p.beta})
        if (int bad = emulator_check(p.function, p.device, scalar, bytes_of(scale))) return bad;
      a = load<double>(p.alpha, scale, 0);
      b = load<double>(p.beta, scale, 0);
    }
    for (int i = 0; i < batch; i++)
      if (int bad = each(p, i, a, b)) return bad;
    return 0;
  });
  return code ? EXECUTION_FAILED : OK;
}

static int strided(Handle *h, const Product &p, long long stride_a, long long stride_b, long long stride_c, int batch) {
  return submit(h, p, batch, [=](Product one, int i, double alpha, double beta) {
    one.a = p.a.at(i * stride_a);
    one.b = p.b.at(i * stride_b);
    one.c = p.c.at(i * stride_c);
    return execute(one, alpha, beta);
  });
}

#define SHAPES int trans_a, int trans_b, int m, int n, int k
#define FLOAT_GEMM(name, type, data_type, compute)                                                                 \
  EMULATOR_API int cublas##name##gemm_v2(Handle *h, SHAPES, const type *alpha, const type *a, int lda,             \
                                         const type *b, int ldb, const type *beta, type *c, int ldc) {             \
    ENTER_BLAS();                                                                                                  \
    Arithmetic arithmetic = arithmetic_of(h, compute, data_type, data_type);                                       \
    return strided(h, {__func__, h->device, m, n, k, alpha, beta, arithmetic, {a, data_type, lda, trans_a != 0},   \
                       {b, data_type, ldb, trans_b != 0}, {c, data_type, ldc, false}}, 0, 0, 0, 1);                \
  }                                                                                                                \
  EMULATOR_API int cublas##name##gemmStridedBatched(Handle *h, SHAPES, const type *alpha, const type *a, int lda,  \
                                                    long long stride_a, const type *b, int ldb,                    \
                                                    long long stride_b, const type *beta, type *c, int ldc,        \
                                                    long long stride_c, int batch) {                               \
    ENTER_BLAS();                                                                                                  \
    Arithmetic arithmetic = arithmetic_of(h, compute, data_type, data_type);                                       \
    return strided(h, {__func__, h->device, m, n, k, alpha, beta, arithmetic, {a, data_type, lda, trans_a != 0},   \
                       {b, data_type, ldb, trans_b != 0}, {c, data_type, ldc, false}},                             \
                   stride_a, stride_b, stride_c, batch);                                                           \
  }
FLOAT_GEMM(S, float, Type::F32, 68)
FLOAT_GEMM(D, double, Type::F64, 70)

EMULATOR_API int cublasGemmStridedBatchedEx(Handle *h, SHAPES, const void *alpha, const void *a, int type_a, int lda,
                                            long long stride_a, const void *b, int type_b, int ldb, long long stride_b,
                                            const void *beta, void *c, int type_c, int ldc, long long stride_c,
                                            int batch, int compute, int) {
  ENTER_BLAS();
  Type ta = type_of(type_a), tb = type_of(type_b), tc = type_of(type_c);
  return strided(h, {__func__, h->device, m, n, k, alpha, beta, arithmetic_of(h, compute, ta, tc),
                     {a, ta, lda, trans_a != 0}, {b, tb, ldb, trans_b != 0}, {c, tc, ldc, false}},
                 stride_a, stride_b, stride_c, batch);
}

EMULATOR_API int cublasGemmEx(Handle *h, SHAPES, const void *alpha, const void *a, int type_a, int lda, const void *b,
                              int type_b, int ldb, const void *beta, void *c, int type_c, int ldc, int compute, int) {
  ENTER_BLAS();
  Type ta = type_of(type_a), tb = type_of(type_b), tc = type_of(type_c);
  return strided(h, {__func__, h->device, m, n, k, alpha, beta, arithmetic_of(h, compute, ta, tc),
                     {a, ta, lda, trans_a != 0}, {b, tb, ldb, trans_b != 0}, {c, tc, ldc, false}}, 0, 0, 0, 1);
}

// The arrays of pointers lie on the device.
EMULATOR_API int cublasGemmBatchedEx(Handle *h, SHAPES, const void *alpha, const void *const *a, int type_a, int lda,
                                     const void *const *b, int type_b, int ldb, const void *beta, void *const *c,
                                     int type_c, int ldc, int batch, int compute, int) {
  ENTER_BLAS();
  Type ta = type_of(type_a), tb = type_of(type_b), tc = type_of(type_c);
  Product p = {__func__, h->device, m, n, k, alpha, beta, arithmetic_of(h, compute, ta, tc),
               {nullptr, ta, lda, trans_a != 0}, {nullptr, tb, ldb, trans_b != 0}, {nullptr, tc, ldc, false}};
  return submit(h, p, batch, [=](Product one, int i, double al, double be) {
    for (const void *array : {(const void *)(a + i), (const void *)(b + i), (const void *)(c + i)})
      if (int bad = emulator_check(one.function, one.device, array, sizeof(void *))) return bad;
    one.a.data = a[i];
    one.b.data = b[i];
    one.c.data = c[i];
    return execute(one, al, be);
  });
}
