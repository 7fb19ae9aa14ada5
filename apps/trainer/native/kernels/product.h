// Products of matrices that lie in the cache. One tile of the result stays in registers while a whole row of products
// is summed; operands are read where they lie, so nothing is packed: only a transposed right operand must be copied.
#pragma once
#include <type_traits>

#include "simd.h"

namespace reformer {

/** How the left operand lies: `a[row * stride + k]`, or transposed `a[k * stride + row]`. */
enum class Left { plain, transposed };
/** Whether the product replaces what stands in the result or is added to it. */
enum class Into { replace, add };

#if defined(__AVX512F__) || !defined(__AVX__)
constexpr int tileRows = 8;
#else
constexpr int tileRows = 4;
#endif

template <Left left, Into into, int columns>
inline void tileProduct(int depth, const float* a, size_t aStride, const float* b, size_t bStride, float* c,
                        size_t cStride) {
  constexpr int vectors = columns / lanes;
  Floats sums[tileRows][vectors];
#pragma GCC unroll 16
  for (int i = 0; i < tileRows; i++)
#pragma GCC unroll 16
    for (int j = 0; j < vectors; j++)
      sums[i][j] = into == Into::add ? load(c + i * cStride + j * lanes) : Floats{};
  for (int k = 0; k < depth; k++) {
    Floats right[vectors];
#pragma GCC unroll 16
    for (int j = 0; j < vectors; j++) right[j] = load(b + k * bStride + j * lanes);
#pragma GCC unroll 16
    for (int i = 0; i < tileRows; i++) {
      const float factor = left == Left::transposed ? a[k * aStride + i] : a[i * aStride + k];
#pragma GCC unroll 16
      for (int j = 0; j < vectors; j++) sums[i][j] += factor * right[j];
    }
  }
#pragma GCC unroll 16
  for (int i = 0; i < tileRows; i++)
#pragma GCC unroll 16
    for (int j = 0; j < vectors; j++) store(c + i * cStride + j * lanes, sums[i][j]);
}

/**
 * `c[rows, columns] (+)= a b` with `b[depth, columns]`; rows and columns are multiples of `tile`.
 * The columns are the outer loop: a panel of b, `depth` by two vectors or so, stays in the first cache.
 */
template <Left left, Into into>
inline void product(int rows, int columns, int depth, const float* a, size_t aStride, const float* b, size_t bStride,
                    float* c, size_t cStride) {
  constexpr int wide = 2 * (lanes < 8 ? 4 : lanes);
  int column = 0;
  auto sweep = [&](auto width) {
    for (int row = 0; row < rows; row += tileRows)
      tileProduct<left, into, decltype(width)::value>(depth, a + (left == Left::transposed ? row : row * aStride),
                                                     aStride, b + column, bStride, c + row * cStride + column,
                                                     cStride);
  };
  for (; column + wide <= columns; column += wide) sweep(std::integral_constant<int, wide>{});
  for (; column < columns; column += lanes) sweep(std::integral_constant<int, lanes>{});
}

/** `to[columns, rows] = from[rows, columns]` transposed; both sizes are multiples of `tile`. */
void transpose(int rows, int columns, const float* from, size_t fromStride, float* to, size_t toStride);

}  // namespace reformer
