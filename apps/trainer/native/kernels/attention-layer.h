// An attention layer of one head, from stream to stream, chunk by chunk: queries, keys and values are projected when
// their chunk enters the window and forgotten when it leaves, so that nothing as long as the sequence is made besides the
// streams. One round of hashing, no dropout. Contract: ReformerAddAttention in packages/model/src/kernels/names.ts.
#pragma once
#include <vector>

#include "layer-norm.h"
#include "product.h"
#include "slots.h"

namespace reformer {

/** Query, key and value; or a shared query-key and value. */
constexpr int mostWeights = 3;

/** The order of both ops' inputs; the streams follow. */
enum LayerInput {
  layerX,
  layerScale,
  layerBias,
  layerWeights,
  layerOutput = layerWeights + mostWeights,
  layerOrder,
  afterLayer = layerOrder + 3
};

struct AttentionLayer {
  Slots slots;
  int dModel, depth, count;
  float epsilon;
  const float *x, *scale, *bias, *output;
  const float* weights[mostWeights];
  Shape streamShape;

  /** The weights as right operands, and, for gradients, transposed ones. */
  Packed into[mostWeights], out, across[mostWeights], outAcross;

  static AttentionLayer read(Call& call, int numbersInput, bool forGradients);

  bool isShared() const { return count == 2; }
  float keyScale() const { return 1 / std::sqrt(static_cast<float>(depth)); }
  size_t weightSize() const { return static_cast<size_t>(dModel) * depth; }
};

/** A stretch of chunks of one example that one piece of work takes. */
struct Stretch {
  int example, first, end;
};

/** The stretches of all examples: a matter of the shape alone, so that sums are the same on any number of threads. */
class Stretches {
 public:
  explicit Stretches(const Slots& slots);
  int count() const { return perExample_ * examples_; }
  Stretch at(int index) const;

 private:
  int examples_, chunks_, length_, perExample_;
};

/** One chunk while it is in the window. All but `inverse` are `[rows, dModel]` or `[rows, depth]`. */
struct Entry {
  Chunk chunk;
  float *input, *standardized, *inverse;
  float *query, *key, *keyAcross, *value, *valueAcross;
  float *dQuery, *dKey, *dValue;
};

/** The chunks of one example that a stretch of queries sees, as the window passes over them. Works in scratch 0 to 3. */
class Window {
 public:
  Window(const AttentionLayer& layer, int example, bool forGradients);

  void enter(int chunk);
  Entry& at(int chunk) { return entries_[place(chunk)]; }

  /**
   * The weights of a chunk's queries over their windows, `[rows, columns]`; zero for empty slots.
   * @param constant `[rows]`: set where a query sees nothing, so that its weights depend on no vector
   */
  float* weigh(int chunk, bool* constant);
  /** What they gather, `[rows, depth]`. */
  void gather(int chunk, const float* weights, float* outputs);

  /** Copies rows `[rows, dModel]` of a stream; zeros for empty slots. */
  void take(const Chunk& chunk, const float* stream, float* rows) const;
  /** `stream += sign * rows`. */
  void give(const Chunk& chunk, const float* rows, float sign, float* stream) const;
  void expect(int chunk, const float* stream) const;

  size_t wide() const { return static_cast<size_t>(s.rows) * layer_.dModel; }
  size_t narrow() const { return static_cast<size_t>(s.rows) * layer_.depth; }
  /** Where the example begins in a stream. */
  size_t start() const { return static_cast<size_t>(example_) * s.length * layer_.dModel; }

 private:
  int place(int chunk) const { return (chunk % s.windowChunks + s.windowChunks) % s.windowChunks; }

  const AttentionLayer& layer_;
  const Slots& s;
  int example_;
  bool forGradients_;
  std::vector<Entry> entries_;
  std::vector<const Chunk*> seen_;
  float *raw_, *scores_;
};

}  // namespace reformer
