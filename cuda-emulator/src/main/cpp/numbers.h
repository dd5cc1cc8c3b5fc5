// The number formats of tensors, read and written as float or double.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstring>

enum class Type { F32, F64, F16, BF16, NONE };

inline size_t bytes_of(Type type) { return type == Type::F64 ? 8 : type == Type::F32 ? 4 : 2; }

inline uint32_t float_bits(float v) {
  uint32_t bits;
  memcpy(&bits, &v, 4);
  return bits;
}

inline float bits_float(uint32_t bits) {
  float v;
  memcpy(&v, &bits, 4);
  return v;
}

inline float half_to_float(uint16_t h) {
  uint32_t sign = (uint32_t)(h & 0x8000) << 16, exponent = h >> 10 & 31, fraction = h & 1023;
  if (exponent == 31) return bits_float(sign | 0x7F800000 | fraction << 13);
  if (exponent == 0) return std::copysign((float)fraction * 0x1p-24f, bits_float(sign | 0x3F800000));
  return bits_float(sign | (exponent + 112) << 23 | fraction << 13);
}

// To nearest, ties to even.
inline uint16_t float_to_half(float v) {
  uint32_t bits = float_bits(v);
  uint16_t sign = (uint16_t)(bits >> 16 & 0x8000);
  bits &= 0x7FFFFFFF;
  if (bits > 0x7F800000) return sign | 0x7FFF;
  if (bits >= 0x477FF000) return sign | 0x7C00;  // 65520 and above
  if (bits < 0x38800000) return sign | (uint16_t)std::nearbyint(bits_float(bits) * 0x1p24f);
  bits += 0xFFF + (bits >> 13 & 1);
  return sign | (uint16_t)((bits - 0x38000000) >> 13);
}

inline float bfloat_to_float(uint16_t b) { return bits_float((uint32_t)b << 16); }

// Cuts a float to its upper bits, to nearest, ties to even: 16 bits less are bfloat16, 13 bits less are TF32.
inline float rounded(float v, int bits_less) {
  uint32_t bits = float_bits(v), last = bits >> bits_less & 1, mask = (1u << bits_less) - 1;
  if ((bits & 0x7FFFFFFF) > 0x7F800000) return v;
  return bits_float((bits + (mask >> 1) + last) & ~mask);
}

inline uint16_t float_to_bfloat(float v) {
  return v == v ? (uint16_t)(float_bits(rounded(v, 16)) >> 16) : (uint16_t)0x7FFF;
}

template <class T> inline T load(const void *p, Type type, size_t i) {
  switch (type) {
    case Type::F32: return (T)((const float *)p)[i];
    case Type::F64: return (T)((const double *)p)[i];
    case Type::F16: return (T)half_to_float(((const uint16_t *)p)[i]);
    default: return (T)bfloat_to_float(((const uint16_t *)p)[i]);
  }
}

template <class T> inline void store(void *p, Type type, size_t i, T v) {
  switch (type) {
    case Type::F32: ((float *)p)[i] = (float)v; break;
    case Type::F64: ((double *)p)[i] = (double)v; break;
    case Type::F16: ((uint16_t *)p)[i] = float_to_half((float)v); break;
    default: ((uint16_t *)p)[i] = float_to_bfloat((float)v); break;
  }
}
