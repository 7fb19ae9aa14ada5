// One row of scores to powers relative to its largest: what both ways of attending begin with.
#pragma once
#include "simd.h"

namespace reformer {

/** Sums of one query over the keys it met so far, relative to the largest score. */
struct Sums {
  float largest, sum;
};

/** Turns masked scores into powers relative to their largest. */
inline Sums powersOf(float* scores, int columns) {
  Floats largest = load(scores);
  for (int i = lanes; i < columns; i += lanes) largest = larger(largest, load(scores + i));
  const float top = largestOf(largest);
  Floats sum{};
  for (int i = 0; i < columns; i += lanes) {
    const Floats power = exponential(load(scores + i) - top);
    store(scores + i, power);
    sum += power;
  }
  return {top, sumOf(sum)};
}

}  // namespace reformer
