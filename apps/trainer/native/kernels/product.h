// Products of matrices that lie in the cache. One tile of the result stays in registers while a whole row of products
// is summed; operands of the cache's size are read where they lie, and
// weights, which all rows meet, are first laid out in the order of their use.
#pragma once
#include <type_traits>

#include "simd.h"

namespace reformer {

/** How the left operand lies: `a[row * stride + k]`, or transposed `a[k * stride + row]`. */
enum class Left { plain, transposed };
/** Whether the product replaces what stands in the result or is added to it. */
enum class Into { replace, add };

/** Rows and columns of the tile that is summed in registers: as many as there are, less those for the operands. */
constexpr int tileRows = lanes == 16 ? 8 : 4;
constexpr int panelColumns = lanes == 16 ? 32 : 16;

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

/** A right operand where it lies: rows `stride` apart. */
struct Strided {
  const float* from;
  size_t stride;
  const float* panel(int column) const { return from + column; }
  size_t step(int) const { return stride; }
};

/** A right operand laid out panel by panel, `[depth, width]` each: read from end to end, it comes ahead of its use. */
struct Packed {
  const float* from;
  int depth;
  const float* panel(int column) const { return from + static_cast<size_t>(column) * depth; }
  size_t step(int width) const { return width; }
};

/**
 * `c[rows, columns] (+)= a b` with `b[depth, columns]`; rows and columns are multiples of `tile`.
 * The columns are the outer loop, so that all rows meet a panel of b while it is near.
 */
template <Left left, Into into, class Right>
inline void product(int rows, int columns, int depth, const float* a, size_t aStride, Right b, float* c,
                    size_t cStride) {
  auto sweep = [&](int column, auto width) {
    for (int row = 0; row < rows; row += tileRows)
      tileProduct<left, into, decltype(width)::value>(depth, a + (left == Left::transposed ? row : row * aStride),
                                                     aStride, b.panel(column), b.step(width),
                                                     c + row * cStride + column, cStride);
  };
  int column = 0;
  for (; column + panelColumns <= columns; column += panelColumns)
    sweep(column, std::integral_constant<int, panelColumns>{});
  if (column < columns) sweep(column, std::integral_constant<int, tile>{});
}

template <Left left, Into into>
inline void product(int rows, int columns, int depth, const float* a, size_t aStride, const float* b, size_t bStride,
                    float* c, size_t cStride) {
  product<left, into>(rows, columns, depth, a, aStride, Strided{b, bStride}, c, cStride);
}

/** Copies `from[depth, columns]` into `to`, which is as large. */
Packed pack(int depth, int columns, const float* from, size_t fromStride, float* to);
/** The same of the transpose of `from[columns, depth]`. */
Packed packTransposed(int depth, int columns, const float* from, size_t fromStride, float* to);

/** `to[columns, rows] = from[rows, columns]` transposed; both sizes are multiples of `tile`. */
void transpose(int rows, int columns, const float* from, size_t fromStride, float* to, size_t toStride);

}  // namespace reformer
