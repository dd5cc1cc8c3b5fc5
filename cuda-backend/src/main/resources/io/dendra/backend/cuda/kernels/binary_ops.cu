// The constants of BinaryOp. T: the type of elements.

typedef Arithmetic<T>::type C;

__device__ inline float divide(float a, float b) { return a / b; }
__device__ inline double divide(double a, double b) { return a / b; }
// Integers divided by zero give 0.
template <class W> __device__ inline W divide(W a, W b) {
  return b == 0 ? 0 : b == -1 ? (W)(0 - (uint64)a) : a / b;
}

// Exact, unlike the formula with a rounded quotient.
template <class F> __device__ inline F floating_modulo(F a, F b) {
  F remainder = f_mod(a, b);
  return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder;
}
__device__ inline float modulo(float a, float b) { return floating_modulo(a, b); }
__device__ inline double modulo(double a, double b) { return floating_modulo(a, b); }
template <class W> __device__ inline W modulo(W a, W b) {
  if (b == 0 || b == -1) {
    return 0;
  }
  W remainder = a % b;
  return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder;
}

struct ADD { template <class V> static __device__ V of(V a, V b) { return a + b; } };
struct SUB { template <class V> static __device__ V of(V a, V b) { return a - b; } };
struct MUL { template <class V> static __device__ V of(V a, V b) { return a * b; } };
struct DIV { template <class V> static __device__ V of(V a, V b) { return divide(a, b); } };
struct POW { template <class V> static __device__ V of(V a, V b) { return f_pow(a, b); } };
struct MOD { template <class V> static __device__ V of(V a, V b) { return modulo(a, b); } };
struct MAXIMUM { template <class V> static __device__ V of(V a, V b) { return f_max(a, b); } };
struct MINIMUM { template <class V> static __device__ V of(V a, V b) { return f_min(a, b); } };
struct ATAN2 { template <class V> static __device__ V of(V a, V b) { return f_atan2(a, b); } };
struct LOGICAL_AND { template <class V> static __device__ V of(V a, V b) { return a && b; } };
struct LOGICAL_OR { template <class V> static __device__ V of(V a, V b) { return a || b; } };
struct LOGICAL_XOR { template <class V> static __device__ V of(V a, V b) { return (a != 0) != (b != 0); } };
