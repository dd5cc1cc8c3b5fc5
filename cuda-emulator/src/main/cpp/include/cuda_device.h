// What NVRTC predefines, for g++: CUDA C++ kernel source becomes a host shared object.
// __global__, __device__, __constant__ and __shared__ stay words here: the fake NVRTC rewrites them after preprocessing.
#pragma once

// C's headers without the C++ library's: what is precompiled here is loaded for every kernel.
#define _GLIBCXX_INCLUDE_NEXT_C_HEADERS
#include <math.h>
#include <string.h>
#include "kernel_abi.h"

// Initialised, so that it stays out of .bss, which the driver fills with garbage when it loads a module.
static EmulatorThread emulator_thread = {{0, 0, 0}, {0, 0, 0}, {1, 1, 1}, {1, 1, 1}, 0, nullptr, nullptr};
static constexpr unsigned long emulator_shared_size = 228 << 10;
alignas(128) static char emulator_shared[emulator_shared_size + 256];

#define __host__
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __launch_bounds__(...)
#define __grid_constant__
#define __builtin_assume(condition)
#define __align__(n) __attribute__((aligned(n)))
#define threadIdx (emulator_thread.thread)
#define blockIdx (emulator_thread.block)
#define blockDim (emulator_thread.block_size)
#define gridDim (emulator_thread.grid_size)
static const int warpSize = 32;

extern "C" int printf(const char *, ...);

// ---- traits ----
template <bool> struct EmulatorWhen {};
template <> struct EmulatorWhen<true> { using type = void; };
template <class T> using EmulatorInteger = typename EmulatorWhen<T(1) / T(2) == T(0)>::type;
template <class A, class B> using EmulatorCommon = decltype(true ? A() : B());
template <class T> constexpr bool emulator_is_float = false;
template <> inline constexpr bool emulator_is_float<float> = true;
template <> inline constexpr bool emulator_is_float<double> = true;
template <class T> constexpr bool emulator_is_pointer = false;
template <class T> inline constexpr bool emulator_is_pointer<T *> = true;

// ---- types ----
using uint = unsigned;
using uchar = unsigned char;
using ushort = unsigned short;
struct dim3 {
  unsigned x, y, z;
  constexpr dim3(unsigned x = 1, unsigned y = 1, unsigned z = 1) : x(x), y(y), z(z) {}
};

#define EMULATOR_VECTORS(name, type)                                                                          \
  struct name##1 { type x; };                                                                                 \
  struct __align__(2 * sizeof(type)) name##2 { type x, y; };                                                  \
  struct __align__(sizeof(type) > 4 ? 16 : 4 * sizeof(type)) name##4 { type x, y, z, w; };                    \
  static inline name##1 make_##name##1(type x) { return {x}; }                                                \
  static inline name##2 make_##name##2(type x, type y) { return {x, y}; }                                     \
  static inline name##4 make_##name##4(type x, type y, type z, type w) { return {x, y, z, w}; }
EMULATOR_VECTORS(char, signed char)
EMULATOR_VECTORS(uchar, unsigned char)
EMULATOR_VECTORS(short, short)
EMULATOR_VECTORS(ushort, unsigned short)
EMULATOR_VECTORS(int, int)
EMULATOR_VECTORS(uint, unsigned)
EMULATOR_VECTORS(long, long)
EMULATOR_VECTORS(ulong, unsigned long)
EMULATOR_VECTORS(longlong, long long)
EMULATOR_VECTORS(ulonglong, unsigned long long)
EMULATOR_VECTORS(float, float)
EMULATOR_VECTORS(double, double)

struct char3 { signed char x, y, z; };
struct int3 { int x, y, z; };
struct float3 { float x, y, z; };
struct double3 { double x, y, z; };
using uint3 = EmulatorExtent;
static inline int3 make_int3(int x, int y, int z) { return {x, y, z}; }
static inline uint3 make_uint3(unsigned x, unsigned y, unsigned z) { return {x, y, z}; }
static inline float3 make_float3(float x, float y, float z) { return {x, y, z}; }
static inline double3 make_double3(double x, double y, double z) { return {x, y, z}; }

// ---- bits ----
template <class To, class From> static inline To emulator_bits(From from) {
  static_assert(sizeof(To) == sizeof(From));
  To to;
  memcpy(&to, &from, sizeof to);
  return to;
}
static inline int __float_as_int(float v) { return emulator_bits<int>(v); }
static inline unsigned __float_as_uint(float v) { return emulator_bits<unsigned>(v); }
static inline float __int_as_float(int v) { return emulator_bits<float>(v); }
static inline float __uint_as_float(unsigned v) { return emulator_bits<float>(v); }
static inline long long __double_as_longlong(double v) { return emulator_bits<long long>(v); }
static inline double __longlong_as_double(long long v) { return emulator_bits<double>(v); }
static inline int __double2hiint(double v) { return (int)(emulator_bits<unsigned long long>(v) >> 32); }
static inline int __double2loint(double v) { return (int)emulator_bits<unsigned long long>(v); }
static inline unsigned __umulhi(unsigned a, unsigned b) { return (unsigned)(((unsigned long long)a * b) >> 32); }
static inline int __mulhi(int a, int b) { return (int)(((long long)a * b) >> 32); }
static inline unsigned long long __umul64hi(unsigned long long a, unsigned long long b) {
  return (unsigned long long)(((unsigned __int128)a * b) >> 64);
}
static inline int __mul24(int a, int b) { return ((a << 8) >> 8) * ((b << 8) >> 8); }
// By hand: the builtin calls libgcc, which kernels are not linked with.
static inline int __popcll(unsigned long long v) {
  v -= v >> 1 & 0x5555555555555555ull;
  v = (v & 0x3333333333333333ull) + (v >> 2 & 0x3333333333333333ull);
  return (int)(((v + (v >> 4)) & 0x0f0f0f0f0f0f0f0full) * 0x0101010101010101ull >> 56);
}
static inline int __popc(unsigned v) { return __popcll(v); }
static inline int __ffs(int v) { return __builtin_ffs(v); }
static inline int __ffsll(long long v) { return __builtin_ffsll(v); }
static inline int __clz(int v) { return v ? __builtin_clz((unsigned)v) : 32; }
static inline int __clzll(long long v) { return v ? __builtin_clzll((unsigned long long)v) : 64; }
static inline unsigned __brev(unsigned v) {
  unsigned r = 0;
  for (int i = 0; i < 32; i++) r |= (v >> i & 1) << (31 - i);
  return r;
}
static inline unsigned __byte_perm(unsigned a, unsigned b, unsigned selector) {
  unsigned long long both = (unsigned long long)b << 32 | a;
  unsigned r = 0;
  for (int i = 0; i < 4; i++) r |= (unsigned)(both >> 8 * (selector >> 4 * i & 7) & 255) << 8 * i;
  return r;
}
static inline unsigned __funnelshift_l(unsigned low, unsigned high, unsigned by) {
  return (unsigned)(((unsigned long long)high << 32 | low) << (by & 31) >> 32);
}
static inline unsigned __funnelshift_r(unsigned low, unsigned high, unsigned by) {
  return (unsigned)(((unsigned long long)high << 32 | low) >> (by & 31));
}

// ---- maths: NVRTC's overloads, and the intrinsics by their exact forms ----
// Overloads for float beside C's functions of double; integers become double.
#define EMULATOR_FUNCTION(name)                                                              \
  static inline float name(float x) { return name##f(x); }                                   \
  template <class T, class = EmulatorInteger<T>> static inline double name(T x) { return name((double)x); }
#define EMULATOR_FUNCTION2(name)                                                             \
  static inline float name(float a, float b) { return name##f(a, b); }                       \
  template <class A, class B> static inline double name(A a, B b) { return name((double)a, (double)b); }
EMULATOR_FUNCTION(sin) EMULATOR_FUNCTION(cos) EMULATOR_FUNCTION(tan)
EMULATOR_FUNCTION(asin) EMULATOR_FUNCTION(acos) EMULATOR_FUNCTION(atan)
EMULATOR_FUNCTION(sinh) EMULATOR_FUNCTION(cosh) EMULATOR_FUNCTION(tanh)
EMULATOR_FUNCTION(asinh) EMULATOR_FUNCTION(acosh) EMULATOR_FUNCTION(atanh)
EMULATOR_FUNCTION(exp) EMULATOR_FUNCTION(exp2) EMULATOR_FUNCTION(expm1)
EMULATOR_FUNCTION(log) EMULATOR_FUNCTION(log2) EMULATOR_FUNCTION(log10) EMULATOR_FUNCTION(log1p)
EMULATOR_FUNCTION(sqrt) EMULATOR_FUNCTION(cbrt) EMULATOR_FUNCTION(fabs)
EMULATOR_FUNCTION(floor) EMULATOR_FUNCTION(ceil) EMULATOR_FUNCTION(trunc)
EMULATOR_FUNCTION(rint) EMULATOR_FUNCTION(round) EMULATOR_FUNCTION(nearbyint)
EMULATOR_FUNCTION(erf) EMULATOR_FUNCTION(erfc) EMULATOR_FUNCTION(tgamma) EMULATOR_FUNCTION(lgamma)
EMULATOR_FUNCTION2(pow) EMULATOR_FUNCTION2(atan2) EMULATOR_FUNCTION2(fmod) EMULATOR_FUNCTION2(fmin)
EMULATOR_FUNCTION2(fmax) EMULATOR_FUNCTION2(hypot) EMULATOR_FUNCTION2(copysign) EMULATOR_FUNCTION2(fdim)
EMULATOR_FUNCTION2(nextafter) EMULATOR_FUNCTION2(remainder)
static inline float fma(float a, float b, float c) { return fmaf(a, b, c); }
static inline float ldexp(float x, int by) { return ldexpf(x, by); }
extern "C" int abs(int) noexcept;
extern "C" long labs(long) noexcept;
extern "C" long long llabs(long long) noexcept;
static inline long abs(long x) { return x < 0 ? -x : x; }
static inline long long abs(long long x) { return x < 0 ? -x : x; }
static inline float abs(float x) { return fabsf(x); }
static inline double abs(double x) { return fabs(x); }
template <class A, class B> static inline EmulatorCommon<A, B> min(A a, B b) {
  using T = EmulatorCommon<A, B>;
  if constexpr (emulator_is_float<T>) return fmin((T)a, (T)b);
  else return (T)a < (T)b ? (T)a : (T)b;
}
template <class A, class B> static inline EmulatorCommon<A, B> max(A a, B b) {
  using T = EmulatorCommon<A, B>;
  if constexpr (emulator_is_float<T>) return fmax((T)a, (T)b);
  else return (T)a > (T)b ? (T)a : (T)b;
}
static inline float rsqrtf(float v) { return 1.0f / sqrtf(v); }
static inline double rsqrt(double v) { return 1.0 / sqrt(v); }
static inline float rsqrt(float v) { return 1.0f / sqrtf(v); }
static inline float rcbrtf(float v) { return 1.0f / cbrtf(v); }
static inline float normcdff(float v) { return 0.5f * erfcf(v * -0.70710678f); }
static inline double normcdf(double v) { return 0.5 * erfc(v * -0.70710678118654752); }
static inline float sinpif(float v) { return (float)sin(3.14159265358979324 * v); }
static inline float cospif(float v) { return (float)cos(3.14159265358979324 * v); }
// Macros, because glibc declares functions of these names itself.
#define __expf expf
#define __exp10f exp10f
#define __logf logf
#define __log2f log2f
#define __log10f log10f
#define __powf powf
#define __sinf sinf
#define __cosf cosf
#define __tanf tanf
#define __sincosf sincosf
#define __tanhf tanhf
static inline float __fdividef(float a, float b) { return a / b; }
static inline float __frcp_rn(float v) { return 1.0f / v; }
static inline float __fsqrt_rn(float v) { return sqrtf(v); }
static inline float __frsqrt_rn(float v) { return 1.0f / sqrtf(v); }
static inline float __fadd_rn(float a, float b) { return a + b; }
static inline float __fsub_rn(float a, float b) { return a - b; }
static inline float __fmul_rn(float a, float b) { return a * b; }
static inline float __fdiv_rn(float a, float b) { return a / b; }
static inline float __fmaf_rn(float a, float b, float c) { return fmaf(a, b, c); }
static inline double __dadd_rn(double a, double b) { return a + b; }
static inline double __dmul_rn(double a, double b) { return a * b; }
static inline double __fma_rn(double a, double b, double c) { return fma(a, b, c); }
static inline float __saturatef(float v) { return v < 0 ? 0 : v > 1 ? 1 : v == v ? v : 0; }
// The device saturates where C++ leaves a conversion out of range undefined; NaN becomes 0.
template <class To> static inline To emulator_saturate(double v) {
  constexpr To low = (To)-1 < (To)0 ? (To)((To)1 << (sizeof(To) * 8 - 1)) : (To)0, high = (To)~low;
  return v != v ? (To)0 : v <= (double)low ? low : v >= (double)high ? high : (To)v;
}
static inline int __float2int_rz(float v) { return emulator_saturate<int>(truncf(v)); }
static inline int __float2int_rn(float v) { return emulator_saturate<int>(rintf(v)); }
static inline int __float2int_rd(float v) { return emulator_saturate<int>(floorf(v)); }
static inline int __float2int_ru(float v) { return emulator_saturate<int>(ceilf(v)); }
static inline unsigned __float2uint_rz(float v) { return emulator_saturate<unsigned>(truncf(v)); }
static inline unsigned __float2uint_rn(float v) { return emulator_saturate<unsigned>(rintf(v)); }
static inline long long __float2ll_rz(float v) { return emulator_saturate<long long>(truncf(v)); }
static inline long long __float2ll_rn(float v) { return emulator_saturate<long long>(rintf(v)); }
static inline int __double2int_rz(double v) { return emulator_saturate<int>(trunc(v)); }
static inline int __double2int_rn(double v) { return emulator_saturate<int>(rint(v)); }
static inline long long __double2ll_rz(double v) { return emulator_saturate<long long>(trunc(v)); }
static inline long long __double2ll_rn(double v) { return emulator_saturate<long long>(rint(v)); }
static inline float __int2float_rn(int v) { return (float)v; }
static inline float __uint2float_rn(unsigned v) { return (float)v; }
static inline float __ll2float_rn(long long v) { return (float)v; }
static inline float __double2float_rn(double v) { return (float)v; }

// ---- memory ----
template <class T> static inline T __ldg(const T *p) { return *p; }
template <class T> static inline T __ldcg(const T *p) { return *p; }
template <class T> static inline T __ldcs(const T *p) { return *p; }
template <class T> static inline T __ldlu(const T *p) { return *p; }
template <class T, class U> static inline void __stcs(T *p, U v) { *p = v; }
template <class T, class U> static inline void __stcg(T *p, U v) { *p = v; }
static inline void __threadfence() {}
static inline void __threadfence_block() {}
static inline void __threadfence_system() {}
static inline long long clock64() { return 0; }
static inline void __nanosleep(unsigned) {}
static inline void __trap() { __builtin_trap(); }

// Threads run one at a time and switch only where they wait: plain code is atomic.
#define EMULATOR_ATOMIC(name, expression)                                         \
  template <class T, class U> static inline T name(T *p, U given) {               \
    T old = *p, v = (T)given;                                                     \
    (void)v;                                                                      \
    *p = (T)(expression);                                                         \
    return old;                                                                   \
  }                                                                               \
  template <class T, class U> static inline T name##_block(T *p, U v) { return name(p, v); } \
  template <class T, class U> static inline T name##_system(T *p, U v) { return name(p, v); }
EMULATOR_ATOMIC(atomicAdd, old + v)
EMULATOR_ATOMIC(atomicSub, old - v)
EMULATOR_ATOMIC(atomicMax, v > old ? v : old)
EMULATOR_ATOMIC(atomicMin, v < old ? v : old)
EMULATOR_ATOMIC(atomicExch, v)
EMULATOR_ATOMIC(atomicAnd, old & v)
EMULATOR_ATOMIC(atomicOr, old | v)
EMULATOR_ATOMIC(atomicXor, old ^ v)
EMULATOR_ATOMIC(atomicInc, old >= v ? 0 : old + 1)
EMULATOR_ATOMIC(atomicDec, old == 0 || old > v ? v : old - 1)
template <class T, class U, class V> static inline T atomicCAS(T *p, U compare, V v) {
  T old = *p;
  if (old == (T)compare) *p = (T)v;
  return old;
}

// ---- waiting for others ----
static inline int emulator_lane() {
  const EmulatorThread &t = emulator_thread;
  return ((t.thread.z * t.block_size.y + t.thread.y) * t.block_size.x + t.thread.x) & 31;
}
static inline void __syncthreads() { emulator_thread.sync_block(0); }
static inline int __syncthreads_count(int p) { return emulator_thread.sync_block(p != 0); }
static inline int __syncthreads_or(int p) { return emulator_thread.sync_block(p != 0) != 0; }
static inline int __syncthreads_and(int p) { return emulator_thread.sync_block(p == 0) == 0; }
static inline void __syncwarp(unsigned mask = ~0u) { emulator_thread.sync_warp(mask, 0); }

template <class T> static inline T emulator_shuffle(unsigned mask, T v, int source) {
  static_assert(sizeof(T) <= 8, "shuffles move at most 64 bits");
  unsigned long long mine = 0;
  memcpy(&mine, &v, sizeof v);
  const EmulatorExchange *all = emulator_thread.sync_warp(mask, mine);
  memcpy(&v, &all->values[source], sizeof v);
  return v;
}
template <class T> static inline T __shfl_sync(unsigned mask, T v, int source, int width = 32) {
  return emulator_shuffle(mask, v, (emulator_lane() & ~(width - 1)) | (source & (width - 1)));
}
template <class T> static inline T __shfl_xor_sync(unsigned mask, T v, int lanes, int width = 32) {
  int lane = emulator_lane(), source = lane ^ lanes;
  return emulator_shuffle(mask, v, source < (lane & ~(width - 1)) + width ? source : lane);
}
template <class T> static inline T __shfl_down_sync(unsigned mask, T v, unsigned by, int width = 32) {
  int lane = emulator_lane();
  return emulator_shuffle(mask, v, (int)((lane & (width - 1)) + by) < width ? lane + (int)by : lane);
}
template <class T> static inline T __shfl_up_sync(unsigned mask, T v, unsigned by, int width = 32) {
  int lane = emulator_lane();
  return emulator_shuffle(mask, v, (lane & (width - 1)) >= (int)by ? lane - (int)by : lane);
}
static inline unsigned __ballot_sync(unsigned mask, int predicate) {
  const EmulatorExchange *all = emulator_thread.sync_warp(mask, predicate != 0);
  unsigned r = 0;
  for (int lane = 0; lane < 32; lane++)
    if (all->lanes >> lane & 1) r |= (unsigned)(all->values[lane] & 1) << lane;
  return r;
}
static inline int __any_sync(unsigned mask, int predicate) { return __ballot_sync(mask, predicate) != 0; }
static inline int __all_sync(unsigned mask, int predicate) { return __ballot_sync(mask, !predicate) == 0; }
static inline unsigned __activemask() {
  const EmulatorExtent &b = emulator_thread.block_size;
  unsigned first = ((emulator_thread.thread.z * b.y + emulator_thread.thread.y) * b.x + emulator_thread.thread.x) & ~31u;
  unsigned left = b.x * b.y * b.z - first;
  return left >= 32 ? ~0u : (1u << left) - 1;
}
#define EMULATOR_WARP_REDUCE(name, expression)                                       \
  template <class T> static inline T name(unsigned mask, T mine) {                   \
    unsigned long long bits = 0;                                                     \
    memcpy(&bits, &mine, sizeof mine);                                               \
    const EmulatorExchange *all = emulator_thread.sync_warp(mask, bits);             \
    bool first = true;                                                               \
    T r = mine;                                                                      \
    for (int lane = 0; lane < 32; lane++)                                            \
      if (all->lanes >> lane & 1) {                                                  \
        T v;                                                                         \
        memcpy(&v, &all->values[lane], sizeof v);                                    \
        r = first ? v : (expression);                                                \
        first = false;                                                               \
      }                                                                              \
    return r;                                                                        \
  }
EMULATOR_WARP_REDUCE(__reduce_add_sync, r + v)
EMULATOR_WARP_REDUCE(__reduce_min_sync, v < r ? v : r)
EMULATOR_WARP_REDUCE(__reduce_max_sync, v > r ? v : r)

// ---- how the driver calls a kernel ----
template <int... I> struct EmulatorPlaces {};
template <auto Kernel> struct EmulatorEntry;
template <class... A, void (*Kernel)(A...)> struct EmulatorEntry<Kernel> {
  static constexpr int parameters = sizeof...(A);
  static inline const unsigned sizes[] = {(unsigned)sizeof(A)..., 0};
  static inline const unsigned alignments[] = {(unsigned)alignof(A)..., 0};
  static inline const unsigned pointers[] = {(unsigned)emulator_is_pointer<A>..., 0};
  template <int... I> static inline void call(void **p, EmulatorPlaces<I...>) { Kernel(*(A *)p[I]...); }
  static void run(void **p) { call(p, EmulatorPlaces<__integer_pack(sizeof...(A))...>()); }
};

// NVRTC has no standard library and no C headers: a kernel that needs them must fail here too.
#undef INFINITY
#undef NAN
#undef HUGE_VAL
#undef HUGE_VALF
#undef M_PI
#define std nvrtc_has_no_standard_library
