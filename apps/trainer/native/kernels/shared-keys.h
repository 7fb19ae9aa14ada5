// Keys from shared queries, `k = q rsqrt(mean(q^2) + 1e-6) / sqrt(depth)`, row by row. Derivation:
// packages/lsh/src/normalize-keys.ts.
#pragma once
#include <cmath>

#include "simd.h"

namespace reformer {

constexpr float keyEpsilon = 1e-6f;

inline float dot(const float* a, const float* b, int depth) {
  Floats sum{};
  int d = 0;
  for (; d + lanes <= depth; d += lanes) sum += load(a + d) * load(b + d);
  float rest = 0;
  for (; d < depth; d++) rest += a[d] * b[d];
  return sumOf(sum) + rest;
}

inline void keyOfQuery(const float* query, int depth, float* key) {
  const float root = std::sqrt(static_cast<float>(depth));
  const float factor = 1 / (std::sqrt(dot(query, query, depth) / depth + keyEpsilon) * root);
  for (int d = 0; d < depth; d++) key[d] = query[d] * factor;
}

/** `total` = dQuery plus what comes back through the key; it may be where dQuery is. */
inline void sharedGrad(const float* query, const float* dKey, const float* dQuery, int depth, float* total) {
  const float root = std::sqrt(static_cast<float>(depth));
  const float r = 1 / std::sqrt(dot(query, query, depth) / depth + keyEpsilon);
  const float along = dot(query, dKey, depth) / depth * r * r;
  for (int d = 0; d < depth; d++) total[d] = dQuery[d] + (dKey[d] - query[d] * along) * (r / root);
}

}  // namespace reformer
