// Functions of one number. T: the type of elements. OP: a constant of UnaryOp.

#include "walk.cu"

struct NEG { template <class V> static __device__ V of(V x) { return -x; } };
struct ABS { template <class V> static __device__ V of(V x) { return x < 0 ? -x : x == 0 ? V(0) : x; } };
struct SIGN { template <class V> static __device__ V of(V x) { return x > 0 ? V(1) : x < 0 ? V(-1) : x; } };
struct SQUARE { template <class V> static __device__ V of(V x) { return x * x; } };
struct SQRT { template <class V> static __device__ V of(V x) { return f_sqrt(x); } };
struct RSQRT { template <class V> static __device__ V of(V x) { return 1 / f_sqrt(x); } };
struct RECIPROCAL { template <class V> static __device__ V of(V x) { return 1 / x; } };
struct EXP { template <class V> static __device__ V of(V x) { return f_exp(x); } };
struct EXPM1 { template <class V> static __device__ V of(V x) { return f_expm1(x); } };
struct LOG { template <class V> static __device__ V of(V x) { return f_log(x); } };
struct LOG1P { template <class V> static __device__ V of(V x) { return f_log1p(x); } };
struct SIN { template <class V> static __device__ V of(V x) { return f_sin(x); } };
struct COS { template <class V> static __device__ V of(V x) { return f_cos(x); } };
struct TAN { template <class V> static __device__ V of(V x) { return f_tan(x); } };
struct ATAN { template <class V> static __device__ V of(V x) { return f_atan(x); } };
struct SINH { template <class V> static __device__ V of(V x) { return f_sinh(x); } };
struct COSH { template <class V> static __device__ V of(V x) { return f_cosh(x); } };
struct TANH { template <class V> static __device__ V of(V x) { return f_tanh(x); } };
struct SIGMOID { template <class V> static __device__ V of(V x) { return f_sigmoid(x); } };
struct RELU { template <class V> static __device__ V of(V x) { return f_max(x, V(0)); } };
// log(1 + exp x) without overflow.
struct SOFTPLUS { template <class V> static __device__ V of(V x) { return f_max(x, V(0)) + f_log1p(f_exp(-f_abs(x))); } };
struct ERF { template <class V> static __device__ V of(V x) { return f_erf(x); } };
struct FLOOR { template <class V> static __device__ V of(V x) { return f_floor(x); } };
struct CEIL { template <class V> static __device__ V of(V x) { return f_ceil(x); } };
struct ROUND { template <class V> static __device__ V of(V x) { return f_rint(x); } };

struct Apply {
  __device__ T operator()(T x) const { return store<T>(OP::of(load(x))); }
};

extern "C" __global__ void __launch_bounds__(BLOCK)
dense(const T *x, T *out, int64 size) {
  walk_dense(Apply(), size, out, x);
}

extern "C" __global__ void __launch_bounds__(BLOCK)
strided(const T *x, T *out, const Geometry<2> geometry) {
  walk<uint32>(Apply(), geometry, out, x);
}

extern "C" __global__ void __launch_bounds__(BLOCK)
wide(const T *x, T *out, const Geometry<2> geometry) {
  walk<int64>(Apply(), geometry, out, x);
}
