// Layer norm of a block of rows, inside of the layers that begin with it. Derivation: packages/model/docs/layer-norm.md.
#pragma once
#include <cmath>

#include "simd.h"

namespace reformer {

/** `y = standardized * scale + bias`; `inverse[row]` is one over the row's deviation. Widths are multiples of `tile`. */
inline void layerNorm(int rows, int width, const float* x, const float* scale, const float* bias, float epsilon,
                      float* standardized, float* inverse, float* y) {
  for (int i = 0; i < rows; i++, x += width, standardized += width, y += width) {
    Floats sum{}, squares{};
    for (int c = 0; c < width; c += lanes) sum += load(x + c);
    const float mean = sumOf(sum) / width;
    for (int c = 0; c < width; c += lanes) {
      const Floats off = load(x + c) - mean;
      squares += off * off;
    }
    inverse[i] = 1 / std::sqrt(sumOf(squares) / width + epsilon);
    for (int c = 0; c < width; c += lanes) {
      const Floats unit = (load(x + c) - mean) * inverse[i];
      store(standardized + c, unit);
      store(y + c, unit * load(scale + c) + load(bias + c));
    }
  }
}

/**
 * With `g = dy * scale`: `dx = (g - mean(g) - standardized * mean(g * standardized)) * inverse`; adds to dScale and
 * dBias. `dx` may be where `dy` is.
 */
inline void layerNormGrad(int rows, int width, const float* dy, const float* scale, const float* standardized,
                          const float* inverse, float* dx, float* dScale, float* dBias) {
  for (int i = 0; i < rows; i++, dy += width, standardized += width, dx += width) {
    Floats sum{}, along{};
    for (int c = 0; c < width; c += lanes) {
      const Floats given = load(dy + c), unit = load(standardized + c), g = given * load(scale + c);
      sum += g;
      along += g * unit;
      store(dScale + c, load(dScale + c) + given * unit);
      store(dBias + c, load(dBias + c) + given);
    }
    const float mean = sumOf(sum) / width, slope = sumOf(along) / width;
    for (int c = 0; c < width; c += lanes) {
      const Floats g = load(dy + c) * load(scale + c);
      store(dx + c, (g - mean - load(standardized + c) * slope) * inverse[i]);
    }
  }
}

}  // namespace reformer
