#include "slots.h"

#include <algorithm>
#include <atomic>
#include <climits>
#include <cmath>

#include "pool.h"

namespace reformer {

namespace {

/** Every round must hold every position once, where `inverse` says. Then no two pieces of work meet in a row. */
void checkOrder(const Slots& slots) {
  std::atomic<bool> fits{true};
  forEachPiece(slots.groups * slots.numHashes, [&](int row) {
    const int32_t* order = slots.order + static_cast<size_t>(row) * slots.paddedLength;
    const int32_t* inverse = slots.inverse + static_cast<size_t>(row) * slots.length;
    const int first = row % slots.numHashes * slots.paddedLength;
    bool good = true;
    int filled = 0;
    for (int slot = 0; slot < slots.paddedLength; slot++) filled += order[slot] != -1;
    for (int position = 0; position < slots.length && good; position++) {
      const int64_t slot = static_cast<int64_t>(inverse[position]) - first;
      good = slot >= 0 && slot < slots.paddedLength && order[slot] == position;
    }
    if (!good || filled != slots.length) fits = false;
  });
  require(fits, "order and inverse are not a permutation of the positions and its inverse");
}

}  // namespace

Slots Slots::read(Call& call, int numbersInput) {
  return read(call, call.shape(queryInput), orderInput, maskInput, call.ints(numbersInput, {slotNumbers}, "numbers"));
}

Slots Slots::read(Call& call, const Shape& query, int firstInput, int mask, const int32_t* numbers) {
  enum { orderAt, inverseAt, bucketsAt };
  Slots s{};
  require(query.size() == 3, "query must be of shape [groups, length, depth]");
  require(query[0] > 0 && query[1] > 0 && query[2] > 0, "query is empty");
  require(query[0] <= 1 << 20 && query[1] <= 1 << 28 && query[2] <= 1 << 12, "query is too large");
  s.groups = query[0];
  s.length = query[1];
  s.depth = query[2];

  s.numHashes = numbers[0];
  s.paddedLength = numbers[1];
  s.chunkLength = numbers[2];
  s.chunksBefore = numbers[3];
  s.chunksAfter = numbers[4];
  s.causal = numbers[5] != 0;
  s.selfMask = numbers[6] != 0;
  s.duplicateCorrection = numbers[7] != 0;
  s.dropThreshold = numbers[8];
  s.dropoutSeed = numbers[9];
  std::memcpy(&s.keptScale, &numbers[10], sizeof s.keptScale);

  require(s.numHashes >= 1 && s.numHashes <= 1 << 10, "numHashes must be from 1 to 1024");
  require(s.chunkLength >= 1 && s.chunkLength <= 1 << 12, "chunkLength must be from 1 to 4096");
  require(s.chunksBefore >= 0 && s.chunksAfter >= 0 && s.chunksBefore <= 1 << 10 && s.chunksAfter <= 1 << 10,
          "chunksBefore and chunksAfter must be from 0 to 1024");
  require(s.paddedLength >= s.length && s.paddedLength % s.chunkLength == 0 &&
              static_cast<int64_t>(s.paddedLength) * s.numHashes < INT_MAX / 2,
          "paddedLength must be a multiple of chunkLength and at least the length");

  const Shape inSlots{s.groups, s.slots()};
  const bool isSorted = !call.isEmpty(firstInput + orderAt);
  require(isSorted || s.numHashes == 1, "several rounds need an order");
  s.order = isSorted ? call.ints(firstInput + orderAt, inSlots, "order") : nullptr;
  s.inverse = isSorted ? call.ints(firstInput + inverseAt, {s.groups, s.numHashes, s.length}, "inverse") : nullptr;
  const int buckets = firstInput + bucketsAt;
  s.slotBuckets = call.isEmpty(buckets) ? nullptr : call.ints(buckets, inSlots, "slotBuckets");
  if (mask != noInput && !call.isEmpty(mask)) {
    s.keyMask = call.ints(mask, {-1, s.length}, "keyMask");
    s.batch = call.shape(mask)[0];
    require(s.groups % s.batch == 0, "keyMask must have a row for each example");
  }

  s.chunksPerRound = s.paddedLength / s.chunkLength;
  s.ring = s.chunksPerRound * s.numHashes;
  s.windowChunks = s.chunksBefore + 1 + s.chunksAfter;
  s.rows = padded(s.chunkLength);
  s.width = padded(s.depth);
  require(static_cast<int64_t>(s.windowChunks) * s.rows <= 1 << 20, "windows are too wide");
  s.columns = s.windowChunks * s.rows;
  s.runLength = std::min(32, std::max(8, s.chunksPerRound / 8));
  s.runsPerRound = (s.chunksPerRound + s.runLength - 1) / s.runLength;
  if (isSorted) checkOrder(s);
  return s;
}

Run runAt(const Slots& slots, int round, int piece) {
  const int start = piece % slots.runsPerRound * slots.runLength;
  const int end = std::min(slots.chunksPerRound, start + slots.runLength);
  const int before = round * slots.chunksPerRound;
  return {piece / slots.runsPerRound, round, before + start, before + end};
}

size_t chunkNumbers(const Slots& slots) {
  return static_cast<size_t>(slots.rows) * (3 + (slots.duplicateCorrection ? 2 * slots.numHashes : 0));
}

Chunk chunkIn(const Slots& slots, int32_t* memory) {
  const size_t rows = slots.rows;
  return {memory, memory + rows, memory + 2 * rows, memory + 3 * rows, memory + (3 + slots.numHashes) * rows, false};
}

void fillChunk(const Slots& slots, int group, int ringChunk, Chunk& chunk) {
  const int firstSlot = ringChunk * slots.chunkLength;
  const int32_t* mask = slots.keyMask ? slots.maskOf(group) : nullptr;
  chunk.hasEmpty = false;
  for (int i = 0; i < slots.rows; i++) {
    const int slot = firstSlot + i;
    const int position = i < slots.chunkLength ? slots.positionAt(group, slot) : -1;
    chunk.positions[i] = position;
    chunk.codes[i] = position < 0 ? -1 : mask && mask[position] == 0 ? INT_MAX : slots.causal ? position : 0;
    chunk.buckets[i] = i < slots.chunkLength ? slots.bucketAt(group, slot) : -1;
    chunk.hasEmpty |= position < 0;
    if (!slots.duplicateCorrection) continue;
    for (int round = 0; round < slots.numHashes; round++) {
      const int other = position < 0 ? -1 : slots.slotOf(group, round, position);
      chunk.chunkIn[round * slots.rows + i] = position < 0 ? -1 : other / slots.chunkLength;
      chunk.bucketIn[round * slots.rows + i] = position < 0 ? -1 : slots.bucketAt(group, other);
    }
  }
}

/** Takes log N off the scores of one chunk of keys, N of equation 16: how often the query meets each key. */
static void takeLogCounts(const Slots& slots, int group, int position, const Chunk& keys, float* scores) {
  for (int start = 0; start < slots.rows; start += lanes) {
    Ints counts{};
    for (int round = 0; round < slots.numHashes; round++) {
      const int slot = slots.slotOf(group, round, position);
      const int own = slot / slots.chunkLength;
      const int bucket = slots.bucketAt(group, slot);
      for (int offset = -slots.chunksBefore; offset <= slots.chunksAfter; offset++) {
        const int chunk = slots.wrap(own + offset);
        const size_t at = static_cast<size_t>(chunk / slots.chunksPerRound) * slots.rows + start;
        counts -= (load(keys.chunkIn + at) == all(chunk)) & (load(keys.bucketIn + at) == all(bucket));
      }
    }
    for (int i = 0; i < lanes; i++)
      if (counts[i] > 1) scores[start + i] -= std::log(static_cast<float>(counts[i]));
  }
}

void maskRow(const Slots& slots, int group, int slot, int position, const Chunk* const* window, float* scores) {
  const Ints own = all(position);
  const Ints code = slots.causal ? own : all(0);
  const Ints bucket = all(slots.bucketAt(group, slot));
  const bool hasCodes = slots.causal || slots.keyMask;
  for (int offset = 0; offset < slots.windowChunks; offset++, scores += slots.rows) {
    const Chunk& keys = *window[offset];
    if (slots.duplicateCorrection) takeLogCounts(slots, group, position, keys, scores);
    for (int i = 0; i < slots.rows; i += lanes) {
      Floats score = load(scores + i);
      const Ints positions = load(keys.positions + i);
      if (hasCodes) score = select(code < load(keys.codes + i), all(forbiddenScore), score);
      if (slots.slotBuckets) score = select(bucket != load(keys.buckets + i), all(forbiddenScore), score);
      if (slots.selfMask) score = select(own == positions, all(selfScore), score);
      if (keys.hasEmpty) score = select(positions < all(0), all(emptyScore), score);
      store(scores + i, score);
    }
  }
}

/** Wellons' lowbias32 (public domain), as in packages/lsh/src/dropout.ts. */
static uint32_t scramble(uint32_t x) {
  x = (x ^ (x >> 16)) * 0x7feb352du;
  x = (x ^ (x >> 15)) * 0x846ca68bu;
  return x ^ (x >> 16);
}

void dropRow(const Slots& slots, int group, int slot, float* weights) {
  const uint32_t row = scramble(scramble(slots.dropoutSeed ^ group * 0x9e3779b1u) ^ (slot + 1u) * 0x85ebca77u);
  for (int offset = 0; offset < slots.windowChunks; offset++) {
    for (int i = 0; i < slots.chunkLength; i++) {
      const uint32_t column = offset * slots.chunkLength + i;
      const uint32_t draw = scramble(row + (column >> 1) * 0x9e3779b9u);
      const bool isKept = (column & 1 ? draw >> 16 : draw & 0xffff) >= slots.dropThreshold;
      weights[offset * slots.rows + i] *= isKept ? slots.keptScale : 0;
    }
  }
}

void expectRows(const Slots& slots, int group, int ringChunk, const float* from) {
  if (!slots.order) return;
  constexpr int line = 16;
  for (int i = 0; i < slots.chunkLength; i++) {
    const int position = slots.positionAt(group, ringChunk * slots.chunkLength + i);
    if (position < 0) continue;
    const float* row = from + static_cast<size_t>(position) * slots.depth;
    for (int d = 0; d < slots.depth; d += line) __builtin_prefetch(row + d, 0, 2);
  }
}

void gatherRows(const Slots& slots, const Chunk& chunk, const float* from, float* to) {
  for (int i = 0; i < slots.rows; i++, to += slots.width) {
    const int position = chunk.positions[i];
    const size_t filled = position < 0 ? 0 : slots.depth;
    if (filled) std::memcpy(to, from + static_cast<size_t>(position) * slots.depth, filled * sizeof(float));
    std::memset(to + filled, 0, (slots.width - filled) * sizeof(float));
  }
}

}  // namespace reformer
