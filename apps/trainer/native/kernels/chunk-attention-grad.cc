// The backward pass of chunk attention. Probabilities are recomputed chunk by chunk from the log-normaliser over all
// rounds. A chunk of keys is met by the queries of a few chunks around it: within a run its gradient is summed while
// the window passes over it; what a run owes to chunks of its neighbours waits aside and is added at the end, in order.
#include "kernels.h"
#include "pool.h"
#include "product.h"
#include "slots.h"

namespace reformer {

namespace {

enum GradInput { outputInput = maskInput + 1, logSumExpInput, dOutputInput, numbersInput };

/** Of one group: what comes in, `[length, depth]` or `[length]`, and what goes out. */
struct Rows {
  const float *query, *key, *value, *output, *logSumExp, *dOutput;
  float *dQuery, *dKey, *dValue;
};

/** Sums for chunks outside of the run: `[chunksBefore + chunksAfter, 2, rows, width]`, keys' then values' gradients. */
using Debts = float*;

inline void add(int depth, const float* from, float* to, bool isFirst) {
  if (isFirst) {
    std::memcpy(to, from, depth * sizeof(float));
    return;
  }
  for (int d = 0; d < depth; d++) to[d] += from[d];
}

class BackwardRun {
 public:
  BackwardRun(const Slots& slots, const Run& run, const Rows& rows, Debts debts)
      : s(slots), run_(run), rows_(rows), debts_(debts), block_(static_cast<size_t>(s.rows) * s.width) {
    queries_ = scratch(0, block_);
    dOutputs_ = scratch(1, block_);
    keys_ = scratch(2, block_ * s.windowChunks);
    keysAcross_ = scratch(3, block_ * s.windowChunks);
    valuesAcross_ = scratch(4, block_ * s.windowChunks);
    dKeys_ = scratch(5, block_ * s.windowChunks);
    dValues_ = scratch(6, block_ * s.windowChunks);
    weights_ = scratch(7, static_cast<size_t>(s.rows) * s.columns);
    dScores_ = scratch(8, static_cast<size_t>(s.rows) * s.columns);
    dQueries_ = scratch(9, block_);
    int32_t* memory = reinterpret_cast<int32_t*>(scratch(10, chunkNumbers(s) * s.windowChunks));
    for (int i = 0; i < s.windowChunks; i++) chunks_.push_back(chunkIn(s, memory + i * chunkNumbers(s)));
    window_.resize(s.windowChunks);
  }

  void go() {
    for (int chunk = run_.first - s.chunksBefore; chunk < run_.first + s.chunksAfter; chunk++) enter(chunk);
    for (int chunk = run_.first; chunk < run_.end; chunk++) {
      enter(chunk + s.chunksAfter);
      for (const float* soon : {rows_.key, rows_.value})
        expectRows(s, run_.group, s.wrap(chunk + 1 + s.chunksAfter), soon);
      for (const float* soon : {rows_.query, rows_.dOutput, rows_.output})
        expectRows(s, run_.group, s.wrap(chunk + 1), soon);
      pull(chunk);
      leave(chunk - s.chunksBefore);
    }
    for (int chunk = run_.end - s.chunksBefore; chunk < run_.end + s.chunksAfter; chunk++) leave(chunk);
  }

 private:
  int place(int chunk) const { return (chunk - run_.first + s.chunksBefore) % s.windowChunks; }

  void enter(int chunk) {
    const int at = place(chunk);
    fillChunk(s, run_.group, s.wrap(chunk), chunks_[at]);
    gatherRows(s, chunks_[at], rows_.key, keys_ + at * block_);
    transpose(s.rows, s.width, keys_ + at * block_, s.width, keysAcross_ + at * block_, s.rows);
    gatherRows(s, chunks_[at], rows_.value, dQueries_);
    transpose(s.rows, s.width, dQueries_, s.width, valuesAcross_ + at * block_, s.rows);
    std::memset(dKeys_ + at * block_, 0, block_ * sizeof(float));
    std::memset(dValues_ + at * block_, 0, block_ * sizeof(float));
  }

  /** The window is past this chunk: what was summed goes to its positions, or waits when another run owns them. */
  void leave(int chunk) {
    const int at = place(chunk);
    const float* dKeys = dKeys_ + at * block_;
    const float* dValues = dValues_ + at * block_;
    if (chunk >= run_.first && chunk < run_.end) {
      for (int i = 0; i < s.chunkLength; i++) {
        const int position = chunks_[at].positions[i];
        if (position < 0) continue;
        const size_t row = static_cast<size_t>(position) * s.depth;
        add(s.depth, dKeys + i * s.width, rows_.dKey + row, run_.round == 0);
        add(s.depth, dValues + i * s.width, rows_.dValue + row, run_.round == 0);
      }
      return;
    }
    const int border = chunk < run_.first ? chunk - run_.first + s.chunksBefore : s.chunksBefore + chunk - run_.end;
    std::memcpy(debts_ + 2 * border * block_, dKeys, block_ * sizeof(float));
    std::memcpy(debts_ + (2 * border + 1) * block_, dValues, block_ * sizeof(float));
  }

  void pull(int chunk) {
    const Chunk& own = chunks_[place(chunk)];
    gatherRows(s, own, rows_.query, queries_);
    gatherRows(s, own, rows_.dOutput, dOutputs_);
    float alignment[padded(1 << 12)], base[padded(1 << 12)];
    for (int i = 0; i < s.chunkLength; i++)
      if (own.positions[i] >= 0) readRow(i, own.positions[i], alignment[i], base[i]);

    for (int offset = 0; offset < s.windowChunks; offset++) {
      const int at = place(chunk - s.chunksBefore + offset);
      window_[offset] = &chunks_[at];
      product<Left::plain, Into::replace>(s.rows, s.rows, s.width, queries_, s.width, keysAcross_ + at * block_,
                                          s.rows, weights_ + offset * s.rows, s.columns);
      product<Left::plain, Into::replace>(s.rows, s.rows, s.width, dOutputs_, s.width, valuesAcross_ + at * block_,
                                          s.rows, dScores_ + offset * s.rows, s.columns);
    }
    for (int i = 0; i < s.rows; i++) {
      float* weights = weights_ + static_cast<size_t>(i) * s.columns;
      float* dScores = dScores_ + static_cast<size_t>(i) * s.columns;
      const int position = own.positions[i];
      if (position < 0) {
        std::memset(weights, 0, s.columns * sizeof(float));
        std::memset(dScores, 0, s.columns * sizeof(float));
        continue;
      }
      pullRow(s.wrap(chunk) * s.chunkLength + i, position, base[i], alignment[i], weights, dScores);
    }
    for (int offset = 0; offset < s.windowChunks; offset++) {
      const int at = place(chunk - s.chunksBefore + offset);
      const float* dScores = dScores_ + offset * s.rows;
      const float* weights = weights_ + offset * s.rows;
      if (offset == 0)
        product<Left::plain, Into::replace>(s.rows, s.width, s.rows, dScores, s.columns, keys_ + at * block_, s.width,
                                            dQueries_, s.width);
      else
        product<Left::plain, Into::add>(s.rows, s.width, s.rows, dScores, s.columns, keys_ + at * block_, s.width,
                                        dQueries_, s.width);
      product<Left::transposed, Into::add>(s.rows, s.width, s.rows, dScores, s.columns, queries_, s.width,
                                           dKeys_ + at * block_, s.width);
      product<Left::transposed, Into::add>(s.rows, s.width, s.rows, weights, s.columns, dOutputs_, s.width,
                                           dValues_ + at * block_, s.width);
    }
    for (int i = 0; i < s.chunkLength; i++) {
      if (own.positions[i] < 0) continue;
      add(s.depth, dQueries_ + i * s.width, rows_.dQuery + static_cast<size_t>(own.positions[i]) * s.depth,
          run_.round == 0);
    }
  }

  /**
   * How far the row's gradient goes along with its output, and what its scores are relative to. In a row of constants
   * nothing depends on queries and keys: its query becomes zero, and its gradient is shared among the keys.
   */
  void readRow(int i, int position, float& alignment, float& base) {
    const size_t row = static_cast<size_t>(position) * s.depth;
    float* query = queries_ + i * s.width;
    float* dOutput = dOutputs_ + i * s.width;
    alignment = 0;
    for (int d = 0; d < s.depth; d++) alignment += rows_.dOutput[row + d] * rows_.output[row + d];
    base = rows_.logSumExp[position];
    if (!(base < constantBelow)) return;
    const float level = base < forbiddenBelow ? forbiddenScore : selfScore;
    const float share = level / base;
    base = level;
    for (int d = 0; d < s.depth; d++) {
      query[d] = 0;
      dOutput[d] *= share;
    }
  }

  /** Scores to weights, gradients of weights to gradients of scores. */
  void pullRow(int slot, int position, float base, float alignment, float* weights, float* dScores) {
    maskRow(s, run_.group, slot, position, window_.data(), weights);
    const bool isConstant = base < constantBelow;
    for (int i = 0; i < s.columns; i += lanes) store(weights + i, exponential(load(weights + i) - base));
    if (s.dropThreshold == 0) {
      for (int i = 0; i < s.columns; i += lanes)
        store(dScores + i, isConstant ? Floats{} : load(weights + i) * (load(dScores + i) - alignment));
      return;
    }
    dropRow(s, run_.group, slot, dScores);
    for (int i = 0; i < s.columns; i += lanes)
      store(dScores + i, isConstant ? Floats{} : load(weights + i) * (load(dScores + i) - alignment));
    dropRow(s, run_.group, slot, weights);
  }

  const Slots& s;
  const Run run_;
  const Rows rows_;
  Debts debts_;
  const size_t block_;
  float *queries_, *dOutputs_, *keys_, *keysAcross_, *valuesAcross_, *dKeys_, *dValues_, *weights_, *dScores_,
      *dQueries_;
  std::vector<Chunk> chunks_;
  std::vector<const Chunk*> window_;
};

/** Adds what the runs of a group owe to chunks of others. */
void payDebts(const Slots& slots, int group, const Rows& rows, const std::vector<float>& debts, size_t perRun) {
  const size_t block = static_cast<size_t>(slots.rows) * slots.width;
  for (int round = 0; round < slots.numHashes; round++) {
    for (int piece = 0; piece < slots.runsPerRound; piece++) {
      const Run run = runAt(slots, round, group * slots.runsPerRound + piece);
      const size_t index = (static_cast<size_t>(group) * slots.numHashes + round) * slots.runsPerRound + piece;
      for (int border = 0; border < slots.chunksBefore + slots.chunksAfter; border++) {
        const int chunk = border < slots.chunksBefore ? run.first - slots.chunksBefore + border
                                                      : run.end + border - slots.chunksBefore;
        const float* owed = debts.data() + index * perRun + 2 * border * block;
        for (int i = 0; i < slots.chunkLength; i++) {
          const int position = slots.positionAt(group, slots.wrap(chunk) * slots.chunkLength + i);
          if (position < 0) continue;
          add(slots.depth, owed + i * slots.width, rows.dKey + static_cast<size_t>(position) * slots.depth, false);
          add(slots.depth, owed + block + i * slots.width, rows.dValue + static_cast<size_t>(position) * slots.depth,
              false);
        }
      }
    }
  }
}

void run(Call& call) {
  const Slots slots = Slots::read(call, numbersInput);
  const Shape shape{slots.groups, slots.length, slots.depth};
  Rows whole;
  whole.query = call.floats(queryInput, shape, "query");
  whole.key = call.floats(keyInput, shape, "key");
  whole.value = call.floats(valueInput, shape, "value");
  whole.output = call.floats(outputInput, shape, "output");
  whole.logSumExp = call.floats(logSumExpInput, {slots.groups, slots.length}, "logSumExp");
  whole.dOutput = call.floats(dOutputInput, shape, "dOutput");
  whole.dQuery = call.output(0, shape);
  whole.dKey = call.output(1, shape);
  whole.dValue = call.output(2, shape);

  auto rowsOf = [&](int group) {
    const size_t first = static_cast<size_t>(group) * slots.length;
    const size_t at = first * slots.depth;
    return Rows{whole.query + at,      whole.key + at,    whole.value + at,   whole.output + at,
                whole.logSumExp + first, whole.dOutput + at, whole.dQuery + at, whole.dKey + at,
                whole.dValue + at};
  };
  const int borders = slots.chunksBefore + slots.chunksAfter;
  const size_t perRun = static_cast<size_t>(borders) * 2 * slots.rows * slots.width;
  std::vector<float> debts(perRun * slots.groups * slots.numHashes * slots.runsPerRound);

  for (int round = 0; round < slots.numHashes; round++) {
    forEachPiece(slots.groups * slots.runsPerRound, [&](int piece) {
      const Run run = runAt(slots, round, piece);
      const size_t index =
          (static_cast<size_t>(run.group) * slots.numHashes + round) * slots.runsPerRound + piece % slots.runsPerRound;
      BackwardRun(slots, run, rowsOf(run.group), debts.data() + index * perRun).go();
    });
  }
  if (borders > 0)
    forEachPiece(slots.groups, [&](int group) { payDebts(slots, group, rowsOf(group), debts, perRun); });
}

}  // namespace

const Kernel chunkAttentionGrad{
    "ReformerChunkAttentionGrad",
    {"query: float", "key: float", "value: float", "order: int32", "inverse: int32", "slot_buckets: int32",
     "key_mask: int32", "output: float", "log_sum_exp: float", "d_output: float", "numbers: int32"},
    {"d_query: float", "d_key: float", "d_value: float"},
    compute<run>,
};

}  // namespace reformer
