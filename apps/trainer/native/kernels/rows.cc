#include "rows.h"

#include <cstring>
#include <string>

namespace reformer {

PartialSums::PartialSums(RowPieces& pieces, size_t count)
    : count_(count), pieces_(pieces.count()), sums_(new float[count * pieces_]) {
  pieces.sums_.push_back(this);
}

void PartialSums::total(float* to, size_t from, size_t count) const {
  constexpr size_t stretch = 8192;
  forEachPiece(static_cast<int>((count + stretch - 1) / stretch), [&](int part) {
    const size_t end = std::min(count, (part + 1) * stretch);
    const float* sums = sums_.get() + from;
    for (size_t i = part * stretch; i < end; i++) to[i] = sums[i];
    for (int piece = 1; piece < pieces_; piece++) {
      sums += count_;
      for (size_t i = part * stretch; i < end; i++) to[i] += sums[i];
    }
  });
}

const float* blockOf(const float* from, int width, const Block& block, int slot) {
  const float* rows = from + block.first * width;
  if (block.rows == block.paddedRows()) return rows;
  float* copy = scratch(slot, static_cast<size_t>(blockRows) * width);
  std::memcpy(copy, rows, sizeof(float) * block.rows * width);
  std::memset(copy + static_cast<size_t>(block.rows) * width, 0,
              sizeof(float) * (block.paddedRows() - block.rows) * width);
  return copy;
}

Home homeOf(Call& call, float* stream, float sign, int output, const Shape& shape) {
  float* made = call.output(output, stream ? Shape{0} : shape);
  return stream ? Home{stream, sign} : Home{made};
}

BlockTarget targetOf(Home home, int width, const Block& block, int slot) {
  float* rows = home.rows + block.first * width;
  if (home.sign == 0 && block.rows == block.paddedRows()) return {rows, {rows}};
  return {scratch(slot, static_cast<size_t>(blockRows) * width), {rows, home.sign}};
}

void BlockTarget::finish(int width, const Block& block) const {
  if (to == home.rows) return;
  const size_t count = static_cast<size_t>(block.rows) * width;
  if (home.sign == 0)
    std::memcpy(home.rows, to, sizeof(float) * count);
  else
    for (size_t i = 0; i < count; i++) home.rows[i] += home.sign * to[i];
}

void addColumns(int rows, int columns, const float* from, float* sums) {
  for (int c = 0; c < columns; c += lanes) {
    Floats sum = load(sums + c);
    for (int i = 0; i < rows; i++) sum += load(from + static_cast<size_t>(i) * columns + c);
    store(sums + c, sum);
  }
}

void addToRows(int rows, int columns, const float* addend, float* to) {
  for (int i = 0; i < rows; i++, to += columns)
    for (int c = 0; c < columns; c += lanes) store(to + c, load(to + c) + load(addend + c));
}

size_t rowsOf(const Shape& shape, int64_t width, const char* name) {
  require(!shape.empty() && shape.back() == width, std::string(name) + " must end in an axis of the model's width");
  int64_t rows = 1;
  for (size_t i = 0; i + 1 < shape.size(); i++) rows *= shape[i];
  require(rows > 0, std::string(name) + " is empty");
  return rows;
}

}  // namespace reformer
