// Operands laid out anew. Transposing takes sixteen by sixteen numbers at a time: in registers where there are sixteen lanes, otherwise number by number.
#include "product.h"
#if defined(__AVX512F__)
#include <immintrin.h>
#endif

namespace reformer {

#if defined(__AVX512F__)

static void transposeTile(const float* from, size_t fromStride, float* to, size_t toStride) {
  __m512 row[16], pair[16], quad[16];
  for (int i = 0; i < 16; i++) row[i] = _mm512_loadu_ps(from + i * fromStride);
  for (int i = 0; i < 16; i += 2) {
    pair[i] = _mm512_unpacklo_ps(row[i], row[i + 1]);
    pair[i + 1] = _mm512_unpackhi_ps(row[i], row[i + 1]);
  }
  auto wide = [](__m512 x) { return _mm512_castps_pd(x); };
  for (int i = 0; i < 16; i += 4) {
    for (int half = 0; half < 2; half++) {
      quad[i + 2 * half] = _mm512_castpd_ps(_mm512_unpacklo_pd(wide(pair[i + half]), wide(pair[i + 2 + half])));
      quad[i + 2 * half + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(wide(pair[i + half]), wide(pair[i + 2 + half])));
    }
  }
  // quad[4 g + c] now holds, in each of its four parts p, rows 4 g .. 4 g + 3 of column 4 p + c.
  for (int c = 0; c < 4; c++) {
    const __m512 evenLow = _mm512_shuffle_f32x4(quad[c], quad[4 + c], 0x88);
    const __m512 evenHigh = _mm512_shuffle_f32x4(quad[8 + c], quad[12 + c], 0x88);
    const __m512 oddLow = _mm512_shuffle_f32x4(quad[c], quad[4 + c], 0xdd);
    const __m512 oddHigh = _mm512_shuffle_f32x4(quad[8 + c], quad[12 + c], 0xdd);
    _mm512_storeu_ps(to + c * toStride, _mm512_shuffle_f32x4(evenLow, evenHigh, 0x88));
    _mm512_storeu_ps(to + (8 + c) * toStride, _mm512_shuffle_f32x4(evenLow, evenHigh, 0xdd));
    _mm512_storeu_ps(to + (4 + c) * toStride, _mm512_shuffle_f32x4(oddLow, oddHigh, 0x88));
    _mm512_storeu_ps(to + (12 + c) * toStride, _mm512_shuffle_f32x4(oddLow, oddHigh, 0xdd));
  }
}

#else

static void transposeTile(const float* from, size_t fromStride, float* to, size_t toStride) {
  for (int i = 0; i < tile; i++)
    for (int j = 0; j < tile; j++) to[j * toStride + i] = from[i * fromStride + j];
}

#endif

void transpose(int rows, int columns, const float* from, size_t fromStride, float* to, size_t toStride) {
  for (int row = 0; row < rows; row += tile)
    for (int column = 0; column < columns; column += tile)
      transposeTile(from + row * fromStride + column, fromStride, to + column * toStride + row, toStride);
}

/** Calls back with the first column of each panel and its width. */
template <class Work>
static void forEachPanel(int columns, Work work) {
  int column = 0;
  for (; column + panelColumns <= columns; column += panelColumns) work(column, panelColumns);
  if (column < columns) work(column, tile);
}

Packed pack(int depth, int columns, const float* from, size_t fromStride, float* to) {
  forEachPanel(columns, [&](int column, int width) {
    float* panel = to + static_cast<size_t>(column) * depth;
    for (int k = 0; k < depth; k++)
      std::memcpy(panel + k * width, from + k * fromStride + column, width * sizeof(float));
  });
  return {to, depth};
}

Packed packTransposed(int depth, int columns, const float* from, size_t fromStride, float* to) {
  forEachPanel(columns, [&](int column, int width) {
    transpose(width, depth, from + column * fromStride, fromStride, to + static_cast<size_t>(column) * depth, width);
  });
  return {to, depth};
}

}  // namespace reformer
