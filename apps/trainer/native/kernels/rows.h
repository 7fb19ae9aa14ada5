// Layers that treat every position alone work on blocks of rows that stay in the second cache, one after another.
//
// Gradients of weights are sums over all rows. They are taken piece by piece, pieces being a matter of the number of
// rows alone, and the pieces' sums are added in order: the same result on any number of threads.
#pragma once
#include <algorithm>
#include <memory>
#include <vector>

#include "op.h"
#include "pool.h"
#include "simd.h"

namespace reformer {

constexpr int blockRows = 96;

/** Consecutive rows; `padded` of them are worked on, the last block's missing ones being zero. */
struct Block {
  size_t first;
  int rows;
  int paddedRows() const { return padded(rows); }
};

class RowPieces;

/** One sum for each piece, and their total at the end. */
class PartialSums {
 public:
  PartialSums(RowPieces& pieces, size_t count);
  PartialSums(const PartialSums&) = delete;
  float* of(int piece) { return sums_.get() + piece * count_; }
  void clear(int piece) { std::fill_n(of(piece), count_, 0.0f); }
  /** Adds up `count` of the sums from `from` on. */
  void total(float* to, size_t from, size_t count) const;
  void total(float* to) const { total(to, 0, count_); }

 private:
  size_t count_;
  int pieces_;
  std::unique_ptr<float[]> sums_;
};

/** The pieces of a number of rows, and the blocks in them. No block reaches from one example into the next. */
class RowPieces {
 public:
  RowPieces(size_t examples, size_t length)
      : length_(length),
        blocksOfExample_((length + blockRows - 1) / blockRows),
        blocks_(examples * blocksOfExample_),
        pieces_(static_cast<int>(std::clamp<size_t>(examples * length / 1024, 1, std::min<size_t>(16, blocks_)))) {}

  int count() const { return pieces_; }

  /** Calls back with the piece and, in order, each of its blocks; sums of these pieces start at zero. */
  template <class Work>
  void forEachBlock(Work work) const {
    forEachPiece(pieces_, [&](int piece) {
      for (PartialSums* sums : sums_) sums->clear(piece);
      for (size_t i = blocks_ * piece / pieces_; i < blocks_ * (piece + 1) / pieces_; i++) work(piece, blockAt(i));
    });
  }

  /** The same for work that sums nothing: any thread may take any block. */
  template <class Work>
  void forEachBlockAlone(Work work) const {
    forEachPiece(static_cast<int>(blocks_), [&](int i) { work(blockAt(i)); });
  }

 private:
  friend class PartialSums;

  Block blockAt(size_t i) const {
    const size_t example = i / blocksOfExample_, within = i % blocksOfExample_ * blockRows;
    return {example * length_ + within, static_cast<int>(std::min<size_t>(blockRows, length_ - within))};
  }

  size_t length_, blocksOfExample_, blocks_;
  int pieces_;
  std::vector<PartialSums*> sums_;
};

/** The rows of a block where they stand, or, when some are missing, a copy with zeros below. */
const float* blockOf(const float* from, int width, const Block& block, int slot);

/** Where results belong: they replace what stands there or, with a sign of 1 or -1, are added to it times that. */
struct Home {
  float* rows;
  float sign = 0;
};

/** `stream` with `sign` where there is one, and otherwise an output of the same shape; the op's output is then empty. */
Home homeOf(Call& call, float* stream, float sign, int output, const Shape& shape);

/** Where a block's results may be written, whole tiles at a time; `finish` brings home what was not written there. */
struct BlockTarget {
  float* to;
  Home home;
  void finish(int width, const Block& block) const;
};
BlockTarget targetOf(Home home, int width, const Block& block, int slot);

/** `sums[columns] += ` the sum of the rows. */
void addColumns(int rows, int columns, const float* from, float* sums);
/** `rows[i] += addend`. */
void addToRows(int rows, int columns, const float* addend, float* to);

/** How many rows of `width` a tensor `[…, width]` has. @throws Refused when its last axis is another */
size_t rowsOf(const Shape& shape, int64_t width, const char* name);

}  // namespace reformer
