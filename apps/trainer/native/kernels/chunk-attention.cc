// Chunk attention (section 2, figure 2): each chunk of sorted queries attends to a window of chunks. Scores of one
// chunk exist at a time, in the first caches; rounds are merged in place, one after another.
#include <cmath>

#include "kernels.h"
#include "pool.h"
#include "product.h"
#include "slots.h"
#include "softmax.h"

namespace reformer {

namespace {

class ForwardRun {
 public:
  ForwardRun(const Slots& slots, const Run& run, const float* query, const float* key, const float* value)
      : s(slots), run_(run), query_(query), key_(key), value_(value) {
    const size_t block = static_cast<size_t>(s.rows) * s.width;
    queries_ = scratch(0, block);
    keys_ = scratch(1, block * s.windowChunks);
    values_ = scratch(2, block * s.windowChunks);
    scores_ = scratch(3, static_cast<size_t>(s.rows) * s.columns);
    sums_ = scratch(4, block);
    int32_t* memory = reinterpret_cast<int32_t*>(scratch(5, chunkNumbers(s) * s.windowChunks));
    for (int i = 0; i < s.windowChunks; i++) chunks_.push_back(chunkIn(s, memory + i * chunkNumbers(s)));
    window_.resize(s.windowChunks);
  }

  /** Calls back with every query: its position, sums, and weighted values. */
  template <class Take>
  void forEachQuery(Take take) {
    for (int chunk = run_.first - s.chunksBefore; chunk < run_.first + s.chunksAfter; chunk++) enter(chunk);
    for (int chunk = run_.first; chunk < run_.end; chunk++) {
      enter(chunk + s.chunksAfter);
      for (const float* soon : {key_, value_}) expectRows(s, run_.group, s.wrap(chunk + 1 + s.chunksAfter), soon);
      expectRows(s, run_.group, s.wrap(chunk + 1), query_);
      attend(chunk, take);
    }
  }

 private:
  int place(int chunk) const { return (chunk - run_.first + s.chunksBefore) % s.windowChunks; }

  void enter(int chunk) {
    const size_t block = static_cast<size_t>(s.rows) * s.width;
    const int at = place(chunk);
    fillChunk(s, run_.group, s.wrap(chunk), chunks_[at]);
    gatherRows(s, chunks_[at], key_, sums_);
    transpose(s.rows, s.width, sums_, s.width, keys_ + at * block, s.rows);
    gatherRows(s, chunks_[at], value_, values_ + at * block);
  }

  template <class Take>
  void attend(int chunk, Take take) {
    const size_t block = static_cast<size_t>(s.rows) * s.width;
    const Chunk& own = chunks_[place(chunk)];
    gatherRows(s, own, query_, queries_);
    for (int offset = 0; offset < s.windowChunks; offset++) {
      const int at = place(chunk - s.chunksBefore + offset);
      window_[offset] = &chunks_[at];
      product<Left::plain, Into::replace>(s.rows, s.rows, s.width, queries_, s.width, keys_ + at * block, s.rows,
                                          scores_ + offset * s.rows, s.columns);
    }
    Sums sums[padded(1 << 12)];
    for (int i = 0; i < s.rows; i++) {
      float* scores = scores_ + static_cast<size_t>(i) * s.columns;
      if (own.positions[i] < 0) {
        std::memset(scores, 0, s.columns * sizeof(float));
        continue;
      }
      const int slot = s.wrap(chunk) * s.chunkLength + i;
      maskRow(s, run_.group, slot, own.positions[i], window_.data(), scores);
      sums[i] = powersOf(scores, s.columns);
      if (s.dropThreshold) dropRow(s, run_.group, slot, scores);
    }
    for (int offset = 0; offset < s.windowChunks; offset++) {
      const float* values = values_ + place(chunk - s.chunksBefore + offset) * block;
      if (offset == 0)
        product<Left::plain, Into::replace>(s.rows, s.width, s.rows, scores_, s.columns, values, s.width, sums_,
                                            s.width);
      else
        product<Left::plain, Into::add>(s.rows, s.width, s.rows, scores_ + offset * s.rows, s.columns, values,
                                        s.width, sums_, s.width);
    }
    for (int i = 0; i < s.chunkLength; i++)
      if (own.positions[i] >= 0) take(own.positions[i], sums[i], sums_ + static_cast<size_t>(i) * s.width);
  }

  const Slots& s;
  const Run run_;
  const float *query_, *key_, *value_;
  float *queries_, *keys_, *values_, *scores_, *sums_;
  std::vector<Chunk> chunks_;
  std::vector<const Chunk*> window_;
};

/** Adds the sums of a later round to what stands in `output` and `merged`. */
void merge(int depth, const Sums& fresh, const float* weighted, Sums& merged, float* output, bool isFirst) {
  if (isFirst) {
    merged = fresh;
    std::memcpy(output, weighted, depth * sizeof(float));
    return;
  }
  const float top = std::max(merged.largest, fresh.largest);
  const float before = std::exp(merged.largest - top);
  const float now = std::exp(fresh.largest - top);
  for (int d = 0; d < depth; d++) output[d] = output[d] * before + weighted[d] * now;
  merged = {top, merged.sum * before + fresh.sum * now};
}

void finish(int depth, const Sums& sums, float* output, float* logSumExp) {
  const float share = 1 / sums.sum;
  for (int d = 0; d < depth; d++) output[d] *= share;
  // A row of equal constants is stored as constant times count: see packages/lsh/src/log-sum-exp.ts.
  *logSumExp = sums.largest < constantBelow ? sums.largest * sums.sum : sums.largest + std::log(sums.sum);
}

void run(Call& call) {
  const Slots slots = Slots::read(call, maskInput + 1);
  const Shape shape{slots.groups, slots.length, slots.depth};
  const float* query = call.floats(queryInput, shape, "query");
  const float* key = call.floats(keyInput, shape, "key");
  const float* value = call.floats(valueInput, shape, "value");
  float* output = call.output(0, shape);
  float* logSumExp = call.output(1, {slots.groups, slots.length});
  const size_t perGroup = static_cast<size_t>(slots.length) * slots.depth;
  std::vector<Sums> merged(slots.numHashes > 1 ? static_cast<size_t>(slots.groups) * slots.length : 0);

  for (int round = 0; round < slots.numHashes; round++) {
    forEachPiece(slots.groups * slots.runsPerRound, [&](int piece) {
      const Run run = runAt(slots, round, piece);
      const size_t from = run.group * perGroup;
      const size_t firstRow = static_cast<size_t>(run.group) * slots.length;
      ForwardRun(slots, run, query + from, key + from, value + from)
          .forEachQuery([&](int position, const Sums& sums, const float* weighted) {
            const size_t row = firstRow + position;
            float* to = output + row * slots.depth;
            Sums one;
            Sums& total = slots.numHashes > 1 ? merged[row] : one;
            merge(slots.depth, sums, weighted, total, to, round == 0);
            if (round == slots.numHashes - 1) finish(slots.depth, total, to, logSumExp + row);
          });
    });
  }
}

}  // namespace

const Kernel chunkAttention{
    "ReformerChunkAttention",
    {"query: float", "key: float", "value: float", "order: int32", "inverse: int32", "slot_buckets: int32",
     "key_mask: int32", "numbers: int32"},
    {"output: float", "log_sum_exp: float"},
    compute<run>,
};

}  // namespace reformer
