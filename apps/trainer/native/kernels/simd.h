// Vectors as the compiler knows them, so that the same source is AVX-512, AVX2 or NEON. Everything in memory is padded
// to `tile` numbers, a whole number of vectors on all of them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace reformer {

#if defined(__AVX512F__)
constexpr int lanes = 16;
#elif defined(__AVX__)
constexpr int lanes = 8;
#else
constexpr int lanes = 4;
#endif

typedef float Floats __attribute__((vector_size(lanes * 4)));
typedef int32_t Ints __attribute__((vector_size(lanes * 4)));
typedef uint32_t Words __attribute__((vector_size(lanes * 4)));
typedef float FloatsInMemory __attribute__((vector_size(lanes * 4), aligned(4), may_alias));
typedef int32_t IntsInMemory __attribute__((vector_size(lanes * 4), aligned(4), may_alias));

/** Rows and columns of everything that products work on are padded to a multiple of this. */
constexpr int tile = 16;

constexpr int padded(int size) { return (size + tile - 1) / tile * tile; }

inline Floats load(const float* from) { return *reinterpret_cast<const FloatsInMemory*>(from); }
inline Ints load(const int32_t* from) { return *reinterpret_cast<const IntsInMemory*>(from); }
inline void store(float* to, Floats values) { *reinterpret_cast<FloatsInMemory*>(to) = values; }
inline Floats all(float value) { return value - Floats{}; }
inline Ints all(int32_t value) { return value - Ints{}; }
inline Floats select(Ints condition, Floats yes, Floats no) { return condition ? yes : no; }
/** Of a NaN and a number the second: with what may be NaN behind, NaN stays NaN. */
inline Floats larger(Floats a, Floats b) { return a > b ? a : b; }

inline float sumOf(Floats values) {
  float sums[lanes];
  std::memcpy(sums, &values, sizeof values);
  for (int width = lanes / 2; width > 0; width /= 2)
    for (int i = 0; i < width; i++) sums[i] += sums[i + width];
  return sums[0];
}

inline float largestOf(Floats values) {
  float each[lanes];
  std::memcpy(each, &values, sizeof values);
  for (int width = lanes / 2; width > 0; width /= 2)
    for (int i = 0; i < width; i++) each[i] = each[i] > each[i + width] ? each[i] : each[i + width];
  return each[0];
}

/**
 * exp to two units in the last place, exactly 0 below -87, NaN of NaN. x = n log 2 + r; adding 1.5 * 2^23 rounds to the integer n,
 * which -ffast-math would optimise away.
 */
inline Floats exponential(Floats x) {
  const Floats least = all(-87.0f);
  const Ints vanishes = x < least;
  x = larger(least, x);
  x = x > all(88.0f) ? all(88.0f) : x;
  const float magic = 12582912.0f;
  const Floats shifted = x * 1.44269504088896341f + magic;
  const Floats n = shifted - magic;
  const Floats r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  Floats power = all(1.9875691500e-4f);
  power = power * r + 1.3981999507e-3f;
  power = power * r + 8.3334519073e-3f;
  power = power * r + 4.1665795894e-2f;
  power = power * r + 1.6666665459e-1f;
  power = power * r + 5.0000001201e-1f;
  power = power * r * r + r + 1.0f;
  Ints bits;
  std::memcpy(&bits, &shifted, sizeof bits);
  Ints result;
  std::memcpy(&result, &power, sizeof result);
  result += bits << 23;
  Floats scaled;
  std::memcpy(&scaled, &result, sizeof scaled);
  return select(vanishes, Floats{}, scaled);
}

}  // namespace reformer
