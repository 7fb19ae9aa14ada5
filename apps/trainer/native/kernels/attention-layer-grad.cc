// The backward pass of an attention layer of one head. Weights are computed again with their own sums, so the forward
// pass leaves nothing but its buckets. A stretch owns the gradients of its chunks and therefore also takes the queries
// beyond its borders that see them: a chunk or two more for each stretch, and no thread meets another in a row.
#include <algorithm>

#include "attention-layer.h"
#include "kernels.h"
#include "pool.h"
#include "shared-keys.h"

namespace reformer {

namespace {

/** Sums over all positions, one after another in memory: the weights' gradients, the output's, the norm's. */
struct LayerSums {
  const AttentionLayer& layer;
  float* from;
  float* weight(int i) const { return from + i * layer.weightSize(); }
  float* output() const { return weight(layer.count); }
  float* scale() const { return weight(layer.count + 1); }
  float* bias() const { return scale() + layer.dModel; }
  static size_t size(const AttentionLayer& layer) {
    return layer.weightSize() * (layer.count + 1) + 2 * static_cast<size_t>(layer.dModel);
  }
};

struct Streams {
  const float* dy;
  float *stream, *gradient;
};

class BackwardStretch {
 public:
  BackwardStretch(const AttentionLayer& layer, const Stretch& stretch, const Streams& streams, LayerSums sums)
      : layer_(layer), s(layer.slots), stretch_(stretch), streams_(streams), sums_(sums),
        window_(layer, stretch.example, true) {
    dys_ = scratch(4, window_.wide());
    wide_ = scratch(5, window_.wide());
    dOutputs_ = scratch(6, window_.narrow());
    outputs_ = scratch(7, window_.narrow());
    dScores_ = scratch(8, static_cast<size_t>(s.rows) * s.columns);
    constant_ = reinterpret_cast<bool*>(scratch(9, s.rows));
  }

  void go() {
    const int first = stretch_.first - s.chunksAfter, end = stretch_.end + s.chunksBefore;
    for (int chunk = first - s.chunksBefore; chunk < first + s.chunksAfter; chunk++) window_.enter(chunk);
    for (int chunk = first; chunk < end; chunk++) {
      window_.expect(chunk + s.chunksAfter + 1, layer_.x);
      window_.expect(chunk + 1, streams_.dy);
      window_.enter(chunk + s.chunksAfter);
      pull(chunk);
      if (isOwn(chunk - s.chunksBefore)) leave(chunk - s.chunksBefore);
    }
  }

 private:
  bool isOwn(int chunk) const { return chunk >= stretch_.first && chunk < stretch_.end; }

  void pull(int chunk) {
    const int rows = s.rows, depth = layer_.depth, dModel = layer_.dModel;
    Entry& own = window_.at(chunk);
    window_.take(own.chunk, streams_.dy, dys_);
    product<Left::plain, Into::replace>(rows, depth, dModel, dys_, dModel, layer_.outAcross, dOutputs_, depth);
    const float* weights = window_.weigh(chunk, constant_);
    window_.gather(chunk, weights, outputs_);
    if (isOwn(chunk)) {
      product<Left::plain, Into::replace>(rows, dModel, depth, outputs_, depth, layer_.out, wide_, dModel);
      window_.give(own.chunk, wide_, -1, streams_.stream);
      product<Left::transposed, Into::add>(depth, dModel, rows, outputs_, depth, dys_, dModel, sums_.output(), dModel);
    }
    pullWeights(chunk, weights);
    for (int offset = 0; offset < s.windowChunks; offset++) {
      const int other = chunk - s.chunksBefore + offset;
      const Entry& keys = window_.at(other);
      const float* dScores = dScores_ + offset * rows;
      if (isOwn(chunk))
        product<Left::plain, Into::add>(rows, depth, rows, dScores, s.columns, keys.key, depth, own.dQuery, depth);
      if (!isOwn(other)) continue;
      product<Left::transposed, Into::add>(rows, depth, rows, dScores, s.columns, own.query, depth, keys.dKey, depth);
      product<Left::transposed, Into::add>(rows, depth, rows, weights + offset * rows, s.columns, dOutputs_, depth,
                                           keys.dValue, depth);
    }
  }

  /** Gradients of weights to gradients of scores; a row that sees nothing depends on no score. */
  void pullWeights(int chunk, const float* weights) {
    const int rows = s.rows, depth = layer_.depth;
    for (int offset = 0; offset < s.windowChunks; offset++)
      product<Left::plain, Into::replace>(rows, rows, depth, dOutputs_, depth,
                                          window_.at(chunk - s.chunksBefore + offset).valueAcross, rows,
                                          dScores_ + offset * rows, s.columns);
    for (int i = 0; i < rows; i++) {
      const float* weight = weights + static_cast<size_t>(i) * s.columns;
      float* dScores = dScores_ + static_cast<size_t>(i) * s.columns;
      if (constant_[i]) {
        std::fill_n(dScores, s.columns, 0.0f);
        continue;
      }
      const float alignment = dot(dOutputs_ + i * depth, outputs_ + i * depth, depth);
      for (int c = 0; c < s.columns; c += lanes)
        store(dScores + c, load(weight + c) * (load(dScores + c) - alignment));
    }
  }

  /** The window is past this chunk: what came together for its vectors goes back through their projections. */
  void leave(int chunk) {
    const int rows = s.rows, depth = layer_.depth, dModel = layer_.dModel;
    Entry& entry = window_.at(chunk);
    if (layer_.isShared())
      for (int i = 0; i < rows; i++)
        sharedGrad(entry.query + i * depth, entry.dKey + i * depth, entry.dQuery + i * depth, depth,
                   entry.dQuery + i * depth);
    else
      for (size_t i = 0; i < window_.narrow(); i++) entry.dKey[i] *= layer_.keyScale();
    const float* gradients[] = {entry.dQuery, layer_.isShared() ? entry.dValue : entry.dKey, entry.dValue};
    std::fill_n(wide_, window_.wide(), 0.0f);
    for (int i = 0; i < layer_.count; i++) {
      product<Left::plain, Into::add>(rows, dModel, depth, gradients[i], depth, layer_.across[i], wide_, dModel);
      product<Left::transposed, Into::add>(dModel, depth, rows, entry.input, dModel, gradients[i], depth,
                                           sums_.weight(i), depth);
    }
    layerNormGrad(rows, dModel, wide_, layer_.scale, entry.standardized, entry.inverse, wide_, sums_.scale(),
                  sums_.bias());
    window_.give(entry.chunk, wide_, 1, streams_.gradient);
  }

  const AttentionLayer& layer_;
  const Slots& s;
  const Stretch stretch_;
  const Streams streams_;
  const LayerSums sums_;
  Window window_;
  float *dys_, *wide_, *dOutputs_, *outputs_, *dScores_;
  bool* constant_;
};

void run(Call& call) {
  enum { dyInput = afterLayer, streamInput, gradientInput, numbersInput };
  const AttentionLayer layer = AttentionLayer::read(call, numbersInput, true);
  const Shape& shape = layer.streamShape;
  const Streams streams{call.floats(dyInput, shape, "dy"), call.floatsToChange(streamInput, shape, "stream"),
                        call.floatsToChange(gradientInput, shape, "gradient")};
  require(streams.stream != nullptr && streams.gradient != nullptr, "stream or gradient is missing");
  for (int i : {0, 1}) call.output(i, {0});

  const Stretches stretches(layer.slots);
  const int pieces = std::min(16, stretches.count());
  const size_t size = LayerSums::size(layer);
  float* sums = scratch(14, size * pieces);
  forEachPiece(pieces, [&](int piece) {
    const LayerSums own{layer, sums + piece * size};
    std::fill_n(own.from, size, 0.0f);
    const auto begin = [&](int at) { return static_cast<int>(static_cast<int64_t>(stretches.count()) * at / pieces); };
    for (int i = begin(piece); i < begin(piece + 1); i++) BackwardStretch(layer, stretches.at(i), streams, own).go();
  });
  for (int piece = 1; piece < pieces; piece++)
    for (size_t i = 0; i < size; i++) sums[i] += sums[piece * size + i];

  const LayerSums total{layer, sums};
  const int64_t dModel = layer.dModel, depth = layer.depth;
  std::copy_n(total.scale(), dModel, call.output(2, {dModel}));
  std::copy_n(total.bias(), dModel, call.output(3, {dModel}));
  std::copy_n(total.output(), layer.weightSize(), call.output(4, {depth, dModel}));
  for (int i = 0; i < mostWeights; i++) {
    const bool exists = i < layer.count;
    float* to = call.output(5 + i, exists ? Shape{dModel, depth} : Shape{0});
    if (exists) std::copy_n(total.weight(i), layer.weightSize(), to);
  }
}

}  // namespace

const Kernel undoAttention{
    "ReformerUndoAttention",
    {"x: float", "scale: float", "bias: float", "first: float", "second: float", "third: float", "output: float",
     "order: int32", "inverse: int32", "slot_buckets: int32", "dy: float", "stream: float",
     "gradient: float", "numbers: int32"},
    {"y: float", "dx: float", "d_scale: float", "d_bias: float", "d_output: float", "d_first: float",
     "d_second: float", "d_third: float"},
    compute<run>,
};

}  // namespace reformer
