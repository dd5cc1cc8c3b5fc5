// What all kernels share. Compiled without includes, so that no CUDA toolkit is needed.

#define BLOCK 256
#define PACK 4
#define MAX_RANK 10

typedef unsigned char boolean;
typedef unsigned int uint32;
typedef unsigned long long uint64;
typedef long long int64;

#define NOT_A_NUMBER __int_as_float(0x7fffffff)
#define INFINITE __int_as_float(0x7f800000)

// ---- 16-bit floats: stored as bits, computed as float

struct half {
  unsigned short bits;
};

struct bfloat {
  unsigned short bits;
};

#ifdef CUDA_EMULATOR
// IEEE 754 binary16 by its fields; to the nearest, halves to even.
__device__ inline float half_to_float(unsigned short bits) {
  uint32 sign = (uint32)(bits & 0x8000) << 16;
  uint32 exponent = bits >> 10 & 31;
  uint32 mantissa = bits & 1023;
  if (exponent == 31) {
    return __uint_as_float(sign | 0x7f800000 | mantissa << 13);
  }
  if (exponent == 0) {
    float value = mantissa * (1.0f / 16777216);
    return sign ? -value : value;
  }
  return __uint_as_float(sign | (exponent + 112) << 23 | mantissa << 13);
}

__device__ inline unsigned short float_to_half(float value) {
  uint32 bits = __float_as_uint(value);
  uint32 sign = bits >> 16 & 0x8000;
  uint32 magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) {
    return sign | 0x7e00;
  }
  if (magnitude >= 0x477ff000) {
    return sign | 0x7c00;
  }
  if (magnitude < 0x38800000) {
    // Subnormal: adding 0.5 rounds to multiples of 2^-24.
    float shifted = __uint_as_float(magnitude) + 0.5f;
    return sign | (__float_as_uint(shifted) - 0x3f000000);
  }
  return sign | ((magnitude + 0xfff + (magnitude >> 13 & 1)) >> 13) - (112 << 10);
}
#else
__device__ inline float half_to_float(unsigned short bits) {
  float value;
  asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(bits));
  return value;
}

__device__ inline unsigned short float_to_half(float value) {
  unsigned short bits;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(value));
  return bits;
}
#endif

__device__ inline float bfloat_to_float(unsigned short bits) {
  return __uint_as_float((uint32)bits << 16);
}

// To the nearest, halves to even.
__device__ inline unsigned short float_to_bfloat(float value) {
  uint32 bits = __float_as_uint(value);
  if ((bits & 0x7fffffff) > 0x7f800000) {
    return bits >> 16 | 64;
  }
  return (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
}

// ---- the type in which elements of a type are computed

template <class E> struct Arithmetic {
  typedef E type;
  static __device__ inline E load(E value) { return value; }
  static __device__ inline E store(E value) { return value; }
};

template <> struct Arithmetic<boolean> {
  typedef int type;
  static __device__ inline int load(boolean value) { return value; }
  static __device__ inline boolean store(int value) { return value != 0; }
};

template <> struct Arithmetic<half> {
  typedef float type;
  static __device__ inline float load(half value) { return half_to_float(value.bits); }
  static __device__ inline half store(float value) {
    half result = {float_to_half(value)};
    return result;
  }
};

template <> struct Arithmetic<bfloat> {
  typedef float type;
  static __device__ inline float load(bfloat value) { return bfloat_to_float(value.bits); }
  static __device__ inline bfloat store(float value) {
    bfloat result = {float_to_bfloat(value)};
    return result;
  }
};

template <class E> __device__ inline typename Arithmetic<E>::type load(E value) {
  return Arithmetic<E>::load(value);
}

template <class E> __device__ inline E store(typename Arithmetic<E>::type value) {
  return Arithmetic<E>::store(value);
}

// ---- functions of float and double by one name

#define FUNCTION(name, single, twice)                              \
  __device__ inline float name(float x) { return single(x); }      \
  __device__ inline double name(double x) { return twice(x); }
#define FUNCTION2(name, single, twice)                                          \
  __device__ inline float name(float a, float b) { return single(a, b); }       \
  __device__ inline double name(double a, double b) { return twice(a, b); }

FUNCTION(f_abs, fabsf, fabs)
FUNCTION(f_sqrt, sqrtf, sqrt)
FUNCTION(f_exp, expf, exp)
FUNCTION(f_expm1, expm1f, expm1)
FUNCTION(f_log, logf, log)
FUNCTION(f_log1p, log1pf, log1p)
FUNCTION(f_sin, sinf, sin)
FUNCTION(f_cos, cosf, cos)
FUNCTION(f_tan, tanf, tan)
FUNCTION(f_atan, atanf, atan)
FUNCTION(f_sinh, sinhf, sinh)
FUNCTION(f_cosh, coshf, cosh)
FUNCTION(f_tanh, tanhf, tanh)
FUNCTION(f_erf, erff, erf)
FUNCTION(f_floor, floorf, floor)
FUNCTION(f_ceil, ceilf, ceil)
FUNCTION(f_rint, rintf, rint)
FUNCTION2(f_pow, powf, pow)
FUNCTION2(f_mod, fmodf, fmod)
FUNCTION2(f_atan2, atan2f, atan2)

// Takes the exponential of negative numbers only, which cannot overflow.
template <class C> __device__ inline C f_sigmoid(C x) {
  C power = f_exp(-f_abs(x));
  return (x >= 0 ? C(1) : power) / (1 + power);
}

// NaN where either is.
template <class C> __device__ inline C f_max(C a, C b) { return a > b || a != a ? a : b; }
template <class C> __device__ inline C f_min(C a, C b) { return a < b || a != a ? a : b; }

// ---- walking over operands

// Dimensions in the order of memory and the strides of N operands; Geometry.java fills it.
template <int N> struct Geometry {
  int64 rank;
  int64 size;
  int64 dims[MAX_RANK];
  int64 strides[N][MAX_RANK];
};

// The places of element i in the operands, as I: 32 or 64 bits.
template <class I, int N>
__device__ inline void locate(const Geometry<N> &geometry, I i, I (&places)[N]) {
  for (int k = 0; k < N; k++) {
    places[k] = 0;
  }
  for (int d = (int)geometry.rank - 1; d >= 0; d--) {
    I dim = (I)geometry.dims[d];
    I rest = i / dim;
    I at = i - rest * dim;
    for (int k = 0; k < N; k++) {
      places[k] += at * (I)geometry.strides[k][d];
    }
    i = rest;
  }
}

// Some elements that are read and written at once.
template <class E> struct __align__(sizeof(E) * PACK) Pack {
  E at[PACK];
};

__device__ inline int64 thread_index() {
  return (int64)blockIdx.x * blockDim.x + threadIdx.x;
}
