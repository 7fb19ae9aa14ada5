// Where positions sit once they are sorted, and which keys a query may see: the part that the forward and the backward
// pass of chunk attention share. Contract: ReformerChunkAttention in packages/lsh/src/kernels/names.ts.
#pragma once
#include "op.h"
#include "simd.h"

namespace reformer {

constexpr float forbiddenScore = -1e9f;
constexpr float selfScore = -1e5f;
/** Below a forbidden key: an empty slot weighs nothing even among those. */
constexpr float emptyScore = -2e9f;
/** Scores below are constants of the masks; below the second, those of forbidden keys. */
constexpr float constantBelow = selfScore / 2;
constexpr float forbiddenBelow = forbiddenScore / 2;

/** How many numbers {@link Slots} read. */
constexpr int slotNumbers = 11;
constexpr int noInput = -1;

/** The order of the ops' inputs, and of the numbers in the last of them. */
enum ChunkInput { queryInput, keyInput, valueInput, orderInput, inverseInput, bucketsInput, maskInput };

struct Slots {
  int groups, length, depth;
  int numHashes, paddedLength, chunkLength, chunksBefore, chunksAfter;
  bool causal, selfMask, duplicateCorrection;
  /** Draws below are dropped, 0 for none; the others' weights are multiplied by keptScale. */
  uint32_t dropThreshold, dropoutSeed;
  float keptScale;

  const int32_t* order;        // [groups, slots] or null
  const int32_t* inverse;      // [groups, numHashes, length] or null
  const int32_t* slotBuckets;  // [groups, slots] or null
  const int32_t* keyMask;      // [batch, length] or null
  int batch;

  int chunksPerRound, ring, windowChunks;
  /** Padded for vectors: rows of a chunk, columns of a vector, columns of a window. */
  int rows, width, columns;
  /** Chunks that one piece of work takes one after another, and pieces in a round of a group. */
  int runLength, runsPerRound;

  /**
   * Reads and checks everything but queries, keys and values.
   * @param vectors their shape, `[groups, length, depth]`
   * @param firstInput of order, inverse and slotBuckets, which follow each other
   * @param mask the input keyMask, or noInput
   * @throws Refused
   */
  static Slots read(Call& call, const Shape& vectors, int firstInput, int mask, const int32_t* numbers);
  /** The same for an op that begins with {@link ChunkInput}. */
  static Slots read(Call& call, int numbersInput);

  int slots() const { return numHashes * paddedLength; }
  /** Of a chunk counted anywhere on the endless ring. */
  int wrap(int chunk) const { return ((chunk % ring) + ring) % ring; }
  int positionAt(int group, int slot) const {
    return order ? order[static_cast<size_t>(group) * slots() + slot] : slot < length ? slot : -1;
  }
  int slotOf(int group, int round, int position) const {
    return inverse ? inverse[(static_cast<size_t>(group) * numHashes + round) * length + position] : position;
  }
  int bucketAt(int group, int slot) const {
    return slotBuckets ? slotBuckets[static_cast<size_t>(group) * slots() + slot] : 0;
  }
  const int32_t* maskOf(int group) const {
    return keyMask + static_cast<size_t>(static_cast<int64_t>(group) * batch / groups) * length;
  }
};

/** Chunks that one piece of work takes one after another. */
struct Run {
  int group, round;
  /** First and end, counted along the ring. */
  int first, end;
};

Run runAt(const Slots& slots, int round, int piece);

/** One chunk of one group: its positions and what the masks say of its keys, padded with empty slots. */
struct Chunk {
  /** `[rows]`: -1 in an empty slot. */
  int32_t* positions;
  /** `[rows]`: a query sees the key where its own code is at least this; INT32_MAX where keyMask hides it. */
  int32_t* codes;
  int32_t* buckets;
  /** `[numHashes, rows]`, for counting duplicates: the chunk of each key in every round, and its bucket there. */
  int32_t* chunkIn;
  int32_t* bucketIn;
  bool hasEmpty;
};

/** Numbers of int32 that a {@link Chunk} needs. */
size_t chunkNumbers(const Slots& slots);
Chunk chunkIn(const Slots& slots, int32_t* memory);
void fillChunk(const Slots& slots, int group, int ringChunk, Chunk& chunk);

/**
 * The masks on one row of scores `[columns]`, against the window's chunks in order. Takes log N off first when
 * duplicates are corrected.
 */
void maskRow(const Slots& slots, int group, int slot, int position, const Chunk* const* window, float* scores);

/** `weights[columns]` times 0 where dropped and keptScale where kept. */
void dropRow(const Slots& slots, int group, int slot, float* weights);

/** Asks the memory for the rows of a chunk that will be gathered soon: sorted by bucket, they lie anywhere. */
void expectRows(const Slots& slots, int group, int ringChunk, const float* from);

/** Copies the rows of a chunk's positions, `[rows, width]`; zeros for empty slots and in the padding. */
void gatherRows(const Slots& slots, const Chunk& chunk, const float* from, float* to);

}  // namespace reformer
