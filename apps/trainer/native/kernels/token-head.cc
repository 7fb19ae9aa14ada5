// The last layer norm, the projection to the vocabulary, cross entropy and all their gradients in one pass over blocks of
// rows: logits never leave the cache. Contract: packages/model/src/kernels/names.ts.
#include "kernels.h"
#include "layer-norm.h"
#include "product.h"
#include "rows.h"

namespace reformer {

namespace {

/** A logit that takes no part: the columns beyond the vocabulary, up to a whole tile. */
constexpr float absent = -1e30f;

/**
 * Turns a row of logits into the gradient of its negative log-likelihood, times `weight`.
 * @returns the negative log-likelihood in nats
 */
float compareRow(float* logits, int columns, int target, float weight) {
  Floats largest = load(logits);
  for (int c = lanes; c < columns; c += lanes) largest = larger(largest, load(logits + c));
  const float top = largestOf(largest), hit = logits[target];
  Floats sum{};
  for (int c = 0; c < columns; c += lanes) {
    const Floats power = exponential(load(logits + c) - top);
    store(logits + c, power);
    sum += power;
  }
  const float total = sumOf(sum);
  for (int c = 0; c < columns; c += lanes) store(logits + c, load(logits + c) * (weight / total));
  logits[target] -= weight;
  return top + std::log(total) - hit;
}

void run(Call& call) {
  enum { firstStream, secondStream, scaleInput, biasInput, weightInput, targetsInput, numbersInput };
  const Shape shape = call.shape(firstStream), weightShape = call.shape(weightInput);
  require(weightShape.size() == 2 && weightShape[1] > 0 && weightShape[1] <= 1 << 16,
          "weight must be of shape [2 dModel, vocabSize]");
  const int64_t width = weightShape[0], dModel = width / 2;
  const int vocabulary = weightShape[1], columns = padded(vocabulary);
  require(width > 0 && width <= 1 << 16 && dModel * 2 == width && dModel % tile == 0, "dModel must be a multiple of 16");
  const int64_t rows = rowsOf(shape, dModel, "x1");
  const float* streams[] = {call.floats(firstStream, shape, "x1"), call.floats(secondStream, shape, "x2")};
  const float* scale = call.floats(scaleInput, {width}, "scale");
  const float* bias = call.floats(biasInput, {width}, "bias");
  const float* given = call.floats(weightInput, weightShape, "weight");
  const int32_t* targets = call.ints(targetsInput, {rows}, "targets");
  float numbers[2];
  std::memcpy(numbers, call.ints(numbersInput, {2}, "numbers"), sizeof numbers);
  const float epsilon = numbers[0], share = numbers[1];
  for (int64_t i = 0; i < rows; i++)
    require(targets[i] >= -1 && targets[i] < vocabulary, "targets must be -1 or a token of the vocabulary");

  float* weight = scratch(9, width * columns);
  for (int64_t i = 0; i < width; i++) {
    std::copy_n(given + i * vocabulary, vocabulary, weight + i * columns);
    std::fill_n(weight + i * columns + vocabulary, columns - vocabulary, 0.0f);
  }
  const Packed packed = pack(width, columns, weight, columns, scratch(10, width * columns));
  const Packed across = packTransposed(columns, width, weight, columns, scratch(11, width * columns));

  float* gradients[] = {call.output(1, shape), call.output(2, shape)};
  RowPieces pieces(1, rows);
  PartialSums nats(pieces, 1), dScale(pieces, width), dBias(pieces, width), dWeight(pieces, width * columns);
  pieces.forEachBlock([&](int piece, const Block& block) {
    const int count = block.paddedRows();
    const size_t size = static_cast<size_t>(blockRows) * width;
    float *both = scratch(0, size), *standardized = scratch(1, size), *input = scratch(3, size);
    float *inverse = scratch(2, blockRows), *logits = scratch(4, static_cast<size_t>(blockRows) * columns);
    std::memset(both, 0, sizeof(float) * count * width);
    for (int i = 0; i < block.rows; i++)
      for (int stream = 0; stream < 2; stream++)
        std::copy_n(streams[stream] + (block.first + i) * dModel, dModel, both + i * width + stream * dModel);
    layerNorm(count, width, both, scale, bias, epsilon, standardized, inverse, input);
    product<Left::plain, Into::replace>(count, columns, width, input, width, packed, logits, columns);
    double sum = 0;
    for (int i = 0; i < count; i++) {
      float* row = logits + static_cast<size_t>(i) * columns;
      const int target = i < block.rows ? targets[block.first + i] : -1;
      std::fill(row + vocabulary, row + columns, absent);
      if (target < 0)
        std::fill_n(row, columns, 0.0f);
      else
        sum += compareRow(row, columns, target, share);
    }
    *nats.of(piece) += static_cast<float>(sum);
    product<Left::transposed, Into::add>(width, columns, count, input, width, logits, columns, dWeight.of(piece),
                                         columns);
    product<Left::plain, Into::replace>(count, width, columns, logits, columns, across, both, width);
    layerNormGrad(block.rows, width, both, scale, standardized, inverse, both, dScale.of(piece), dBias.of(piece));
    for (int i = 0; i < block.rows; i++)
      for (int stream = 0; stream < 2; stream++)
        std::copy_n(both + i * width + stream * dModel, dModel, gradients[stream] + (block.first + i) * dModel);
  });
  nats.total(call.output(0, {}));
  dScale.total(call.output(3, {width}));
  dBias.total(call.output(4, {width}));
  float* out = call.output(5, weightShape);
  if (columns == vocabulary) return dWeight.total(out);
  dWeight.total(weight);
  for (int64_t i = 0; i < width; i++) std::copy_n(weight + i * columns, vocabulary, out + i * vocabulary);
}

}  // namespace

const Kernel tokenHead{
    "ReformerTokenHead",
    {"x1: float", "x2: float", "scale: float", "bias: float", "weight: float", "targets: int32", "numbers: int32"},
    {"nats: float", "d1: float", "d2: float", "d_scale: float", "d_bias: float", "d_weight: float"},
    compute<run>,
};

}  // namespace reformer
