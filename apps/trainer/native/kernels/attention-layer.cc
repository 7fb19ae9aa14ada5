#include "attention-layer.h"

#include <algorithm>
#include <utility>

#include "kernels.h"
#include "pool.h"
#include "shared-keys.h"
#include "softmax.h"

namespace reformer {

AttentionLayer AttentionLayer::read(Call& call, int numbersInput, bool forGradients) {
  AttentionLayer layer{};
  layer.streamShape = call.shape(layerX);
  const Shape weight = call.shape(layerWeights);
  require(layer.streamShape.size() == 3, "x must be of shape [batch, length, dModel]");
  require(weight.size() == 2 && weight[1] > 0 && weight[1] % tile == 0 && weight[1] <= 1 << 12,
          "a weight must be of shape [dModel, depth], with a depth that is a multiple of 16");
  const int64_t dModel = layer.streamShape[2], depth = weight[1];
  require(dModel > 0 && dModel % tile == 0 && dModel <= 1 << 16, "dModel must be a multiple of 16");
  layer.dModel = dModel;
  layer.depth = depth;
  const int32_t* numbers = call.ints(numbersInput, {slotNumbers + 1}, "numbers");
  std::memcpy(&layer.epsilon, &numbers[slotNumbers], sizeof layer.epsilon);
  layer.slots = Slots::read(call, {layer.streamShape[0], layer.streamShape[1], depth}, layerOrder, noInput, numbers);
  require(layer.slots.numHashes == 1 && layer.slots.dropThreshold == 0, "there must be one round and no dropout");
  layer.x = call.floats(layerX, layer.streamShape, "x");
  layer.scale = call.floats(layerScale, {dModel}, "scale");
  layer.bias = call.floats(layerBias, {dModel}, "bias");
  for (; layer.count < mostWeights && !call.isEmpty(layerWeights + layer.count); layer.count++)
    layer.weights[layer.count] = call.floats(layerWeights + layer.count, {dModel, depth}, "a weight");
  require(layer.count >= 2, "there must be two or three weights");
  layer.output = call.floats(layerOutput, {depth, dModel}, "output");

  float* memory = scratch(15, layer.weightSize() * 2 * (mostWeights + 1));
  auto next = [&] { return std::exchange(memory, memory + layer.weightSize()); };
  for (int i = 0; i < layer.count; i++) layer.into[i] = pack(dModel, depth, layer.weights[i], depth, next());
  layer.out = pack(depth, dModel, layer.output, dModel, next());
  if (!forGradients) return layer;
  for (int i = 0; i < layer.count; i++) layer.across[i] = packTransposed(depth, dModel, layer.weights[i], depth, next());
  layer.outAcross = packTransposed(dModel, depth, layer.output, dModel, next());
  return layer;
}

Stretches::Stretches(const Slots& slots)
    : examples_(slots.groups),
      chunks_(slots.chunksPerRound),
      length_(std::min(64, std::max(8, chunks_ / 32))),
      perExample_((chunks_ + length_ - 1) / length_) {}

Stretch Stretches::at(int index) const {
  const int first = index % perExample_ * length_;
  return {index / perExample_, first, std::min(chunks_, first + length_)};
}

Window::Window(const AttentionLayer& layer, int example, bool forGradients)
    : layer_(layer), s(layer.slots), example_(example), forGradients_(forGradients) {
  const size_t perEntry = 2 * wide() + s.rows + 8 * narrow();
  float* memory = scratch(0, perEntry * s.windowChunks);
  int32_t* numbers = reinterpret_cast<int32_t*>(scratch(1, chunkNumbers(s) * s.windowChunks));
  raw_ = scratch(2, wide());
  scores_ = scratch(3, static_cast<size_t>(s.rows) * s.columns);
  auto next = [&](size_t size) { return std::exchange(memory, memory + size); };
  for (int i = 0; i < s.windowChunks; i++) {
    Entry entry{};
    entry.chunk = chunkIn(s, numbers + i * chunkNumbers(s));
    for (float** part : {&entry.input, &entry.standardized}) *part = next(wide());
    entry.inverse = next(s.rows);
    for (float** part : {&entry.query, &entry.key, &entry.keyAcross, &entry.value, &entry.valueAcross, &entry.dQuery,
                         &entry.dKey, &entry.dValue})
      *part = next(narrow());
    entries_.push_back(entry);
  }
  seen_.resize(s.windowChunks);
}

void Window::enter(int chunk) {
  Entry& entry = at(chunk);
  const int rows = s.rows, dModel = layer_.dModel, depth = layer_.depth;
  fillChunk(s, example_, s.wrap(chunk), entry.chunk);
  take(entry.chunk, layer_.x, raw_);
  layerNorm(rows, dModel, raw_, layer_.scale, layer_.bias, layer_.epsilon, entry.standardized, entry.inverse,
            entry.input);
  auto project = [&](int weight, float* to) {
    product<Left::plain, Into::replace>(rows, depth, dModel, entry.input, dModel, layer_.into[weight], to, depth);
  };
  project(0, entry.query);
  if (layer_.isShared()) {
    for (int i = 0; i < rows; i++) keyOfQuery(entry.query + i * depth, depth, entry.key + i * depth);
  } else {
    project(1, entry.key);
    for (size_t i = 0; i < narrow(); i++) entry.key[i] *= layer_.keyScale();
  }
  project(layer_.count - 1, entry.value);
  transpose(rows, depth, entry.key, depth, entry.keyAcross, rows);
  if (!forGradients_) return;
  transpose(rows, depth, entry.value, depth, entry.valueAcross, rows);
  for (float* sum : {entry.dQuery, entry.dKey, entry.dValue}) std::fill_n(sum, narrow(), 0.0f);
}

float* Window::weigh(int chunk, bool* constant) {
  const Entry& own = at(chunk);
  for (int offset = 0; offset < s.windowChunks; offset++) {
    const Entry& keys = at(chunk - s.chunksBefore + offset);
    seen_[offset] = &keys.chunk;
    product<Left::plain, Into::replace>(s.rows, s.rows, layer_.depth, own.query, layer_.depth, keys.keyAcross, s.rows,
                                        scores_ + offset * s.rows, s.columns);
  }
  for (int i = 0; i < s.rows; i++) {
    float* scores = scores_ + static_cast<size_t>(i) * s.columns;
    constant[i] = true;
    if (own.chunk.positions[i] < 0) {
      std::fill_n(scores, s.columns, 0.0f);
      continue;
    }
    maskRow(s, example_, s.wrap(chunk) * s.chunkLength + i, own.chunk.positions[i], seen_.data(), scores);
    const Sums sums = powersOf(scores, s.columns);
    constant[i] = sums.largest < constantBelow;
    const float share = 1 / sums.sum;
    for (int c = 0; c < s.columns; c += lanes) store(scores + c, load(scores + c) * share);
  }
  return scores_;
}

void Window::gather(int chunk, const float* weights, float* outputs) {
  std::fill_n(outputs, narrow(), 0.0f);
  for (int offset = 0; offset < s.windowChunks; offset++)
    product<Left::plain, Into::add>(s.rows, layer_.depth, s.rows, weights + offset * s.rows, s.columns,
                                    at(chunk - s.chunksBefore + offset).value, layer_.depth, outputs, layer_.depth);
}

void Window::take(const Chunk& chunk, const float* stream, float* rows) const {
  const int width = layer_.dModel;
  for (int i = 0; i < s.rows; i++, rows += width) {
    if (chunk.positions[i] < 0)
      std::fill_n(rows, width, 0.0f);
    else
      std::copy_n(stream + start() + static_cast<size_t>(chunk.positions[i]) * width, width, rows);
  }
}

void Window::give(const Chunk& chunk, const float* rows, float sign, float* stream) const {
  const int width = layer_.dModel;
  for (int i = 0; i < s.rows; i++, rows += width) {
    if (chunk.positions[i] < 0) continue;
    float* to = stream + start() + static_cast<size_t>(chunk.positions[i]) * width;
    for (int c = 0; c < width; c += lanes) store(to + c, load(to + c) + sign * load(rows + c));
  }
}

void Window::expect(int chunk, const float* stream) const {
  if (!s.order) return;
  constexpr int line = 16;
  for (int i = 0; i < s.chunkLength; i++) {
    const int position = s.positionAt(example_, s.wrap(chunk) * s.chunkLength + i);
    if (position < 0) continue;
    const float* row = stream + start() + static_cast<size_t>(position) * layer_.dModel;
    for (int c = 0; c < layer_.dModel; c += line) __builtin_prefetch(row + c, 0, 2);
  }
}

namespace {

void run(Call& call) {
  enum { streamInput = afterLayer, numbersInput };
  const AttentionLayer layer = AttentionLayer::read(call, numbersInput, false);
  const Slots& slots = layer.slots;
  float* stream = call.floatsToChange(streamInput, layer.streamShape, "stream");
  require(stream != nullptr, "stream is missing");
  call.output(0, {0});
  const Stretches stretches(slots);
  forEachPiece(stretches.count(), [&](int index) {
    const Stretch stretch = stretches.at(index);
    Window window(layer, stretch.example, false);
    float* outputs = scratch(4, window.narrow());
    float* y = scratch(5, window.wide());
    bool* constant = reinterpret_cast<bool*>(scratch(6, slots.rows));
    for (int chunk = stretch.first - slots.chunksBefore; chunk < stretch.first + slots.chunksAfter; chunk++)
      window.enter(chunk);
    for (int chunk = stretch.first; chunk < stretch.end; chunk++) {
      window.expect(chunk + slots.chunksAfter + 1, layer.x);
      window.enter(chunk + slots.chunksAfter);
      window.gather(chunk, window.weigh(chunk, constant), outputs);
      product<Left::plain, Into::replace>(slots.rows, layer.dModel, layer.depth, outputs, layer.depth, layer.out, y,
                                          layer.dModel);
      window.give(window.at(chunk).chunk, y, 1, stream);
    }
  });
}

}  // namespace

const Kernel addAttention{
    "ReformerAddAttention",
    {"x: float", "scale: float", "bias: float", "first: float", "second: float", "third: float", "output: float",
     "order: int32", "inverse: int32", "slot_buckets: int32", "stream: float", "numbers: int32"},
    {"y: float"},
    compute<run>,
};

}  // namespace reformer
