// Into an attention layer and out of it: `LayerNorm(x) W` written head by head, `[batch, heads, length, depth]`, and the
// heads' outputs back to the model's width. No vector is moved only to be laid out differently.
#include "kernels.h"
#include "layer-norm.h"
#include "product.h"
#include "rows.h"

namespace reformer {

namespace {

/** Query, key and value; or a shared query-key and value. */
constexpr int mostProjections = 3;

struct Sizes {
  int batch, heads, length, depth, dModel;
  int inner() const { return heads * depth; }
  RowPieces pieces() const { return RowPieces(batch, length); }
  Shape headsShape() const { return {batch, heads, length, depth}; }
  /** Where a head's rows of a block begin in a tensor of heads. */
  size_t headAt(const Block& block, int head) const {
    const size_t example = block.first / length, within = block.first % length;
    return ((example * heads + head) * length + within) * depth;
  }
};

/** A block's heads side by side, rows `stride` apart; zeros in the rows that are missing. */
void gatherHeads(const Sizes& sizes, const Block& block, const float* heads, float* to, int stride) {
  for (int i = 0; i < block.paddedRows(); i++, to += stride)
    for (int head = 0; head < sizes.heads; head++) {
      if (i < block.rows)
        std::copy_n(heads + sizes.headAt(block, head) + i * sizes.depth, sizes.depth, to + head * sizes.depth);
      else
        std::fill_n(to + head * sizes.depth, sizes.depth, 0.0f);
    }
}

/** And back to where each belongs. */
void scatterHeads(const Sizes& sizes, const Block& block, const float* from, int stride, float* heads) {
  for (int i = 0; i < block.rows; i++, from += stride)
    for (int head = 0; head < sizes.heads; head++)
      std::copy_n(from + head * sizes.depth, sizes.depth, heads + sizes.headAt(block, head) + i * sizes.depth);
}

Sizes sizesOf(const Shape& x, int64_t heads, int64_t inner) {
  require(x.size() == 3 && x[0] > 0 && x[1] > 0 && x[2] > 0, "x must be of shape [batch, length, dModel]");
  require(x[0] * x[1] < int64_t{1} << 31 && x[2] <= 1 << 16, "x is too large");
  require(heads > 0 && inner > 0 && inner <= 1 << 16 && inner % heads == 0, "a weight must hold a whole number of heads");
  const Sizes sizes{static_cast<int>(x[0]), static_cast<int>(heads), static_cast<int>(x[1]),
                    static_cast<int>(inner / heads), static_cast<int>(x[2])};
  require(sizes.dModel % tile == 0 && sizes.depth % tile == 0, "dModel and the depth of a head must be multiples of 16");
  return sizes;
}

enum ProjectInput { xInput, scaleInput, biasInput, weightInput, afterWeights = weightInput + mostProjections };
/** Of the backward pass: behind the heads' gradients what dx is added to. */
enum ProjectGradInput { gradientInput = afterWeights + mostProjections, gradNumbersInput };

struct Projections {
  Sizes sizes;
  float epsilon;
  int count;
  const float *x, *scale, *bias;
  const float* weights[mostProjections];

  static Projections read(Call& call, const int32_t* numbers) {
    Projections p{};
    const Shape x = call.shape(xInput), weight = call.shape(weightInput);
    require(weight.size() == 2, "a weight must be of shape [dModel, inner]");
    p.sizes = sizesOf(x, numbers[0], weight[1]);
    const int64_t dModel = p.sizes.dModel;
    p.x = call.floats(xInput, x, "x");
    p.scale = call.floats(scaleInput, {dModel}, "scale");
    p.bias = call.floats(biasInput, {dModel}, "bias");
    for (; p.count < mostProjections && !call.isEmpty(weightInput + p.count); p.count++)
      p.weights[p.count] = call.floats(weightInput + p.count, {dModel, weight[1]}, "a weight");
    std::memcpy(&p.epsilon, &numbers[1], sizeof p.epsilon);
    return p;
  }

  /** The normalised block in scratch 0, standardized in 1, one over its deviation in 2. */
  const float* normed(const Block& block) const {
    const size_t count = static_cast<size_t>(blockRows) * sizes.dModel;
    float* input = scratch(0, count);
    layerNorm(block.paddedRows(), sizes.dModel, blockOf(x, sizes.dModel, block, 3), scale, bias, epsilon,
              scratch(1, count), scratch(2, blockRows), input);
    return input;
  }
};

void project(Call& call) {
  const Projections p = Projections::read(call, call.ints(afterWeights, {2}, "numbers"));
  const Sizes& sizes = p.sizes;
  float* outputs[mostProjections];
  for (int i = 0; i < mostProjections; i++) outputs[i] = call.output(i, i < p.count ? sizes.headsShape() : Shape{0});
  const size_t size = static_cast<size_t>(sizes.dModel) * sizes.inner();
  Packed weights[mostProjections];
  float* memory = scratch(9, p.count * size);
  for (int i = 0; i < p.count; i++)
    weights[i] = pack(sizes.dModel, sizes.inner(), p.weights[i], sizes.inner(), memory + i * size);
  sizes.pieces().forEachBlockAlone([&](const Block& block) {
    const float* input = p.normed(block);
    float* projected = scratch(4, static_cast<size_t>(blockRows) * sizes.inner());
    for (int i = 0; i < p.count; i++) {
      product<Left::plain, Into::replace>(block.paddedRows(), sizes.inner(), sizes.dModel, input, sizes.dModel,
                                          weights[i], projected, sizes.inner());
      scatterHeads(sizes, block, projected, sizes.inner(), outputs[i]);
    }
  });
}

void projectGrad(Call& call) {
  const Projections p = Projections::read(call, call.ints(gradNumbersInput, {2}, "numbers"));
  const Sizes& sizes = p.sizes;
  const int64_t dModel = sizes.dModel, inner = sizes.inner();
  const float* gradients[mostProjections];
  const size_t size = static_cast<size_t>(dModel) * inner;
  Packed across[mostProjections];
  float* memory = scratch(9, p.count * size);
  for (int i = 0; i < p.count; i++) {
    gradients[i] = call.floats(afterWeights + i, sizes.headsShape(), "a gradient");
    across[i] = packTransposed(inner, dModel, p.weights[i], inner, memory + i * size);
  }
  const Shape shape = call.shape(xInput);
  const Home dx = homeOf(call, call.floatsToChange(gradientInput, shape, "gradient"), 1, 0, shape);
  RowPieces pieces = sizes.pieces();
  PartialSums dScale(pieces, dModel), dBias(pieces, dModel), dWeights(pieces, p.count * size);
  pieces.forEachBlock([&](int piece, const Block& block) {
    const int rows = block.paddedRows();
    const float* input = p.normed(block);
    float* gradient = scratch(4, static_cast<size_t>(blockRows) * inner);
    float* dInput = scratch(5, static_cast<size_t>(blockRows) * dModel);
    std::memset(dInput, 0, sizeof(float) * rows * dModel);
    for (int i = 0; i < p.count; i++) {
      gatherHeads(sizes, block, gradients[i], gradient, inner);
      product<Left::plain, Into::add>(rows, dModel, inner, gradient, inner, across[i], dInput, dModel);
      product<Left::transposed, Into::add>(dModel, inner, rows, input, dModel, gradient, inner,
                                           dWeights.of(piece) + i * size, inner);
    }
    const BlockTarget target = targetOf(dx, dModel, block, 13);
    layerNormGrad(block.rows, dModel, dInput, p.scale, scratch(1, 0), scratch(2, 0), target.to, dScale.of(piece),
                  dBias.of(piece));
    target.finish(dModel, block);
  });
  dScale.total(call.output(1, {dModel}));
  dBias.total(call.output(2, {dModel}));
  for (int i = 0; i < mostProjections; i++) {
    const bool exists = i < p.count;
    float* to = call.output(3 + i, exists ? Shape{dModel, inner} : Shape{0});
    if (exists) dWeights.total(to, i * size, size);
  }
}

enum MergeInput { headsInput, outputWeightInput, mergeDyInput };

struct Merge {
  Sizes sizes;
  const float *heads, *weight;

  static Merge read(Call& call) {
    Merge merge{};
    const Shape heads = call.shape(headsInput), weight = call.shape(outputWeightInput);
    require(heads.size() == 4 && weight.size() == 2, "heads must be of shape [batch, heads, length, depth]");
    merge.sizes = sizesOf({heads[0], heads[2], weight[1]}, heads[1], weight[0]);
    merge.heads = call.floats(headsInput, merge.sizes.headsShape(), "heads");
    merge.weight = call.floats(outputWeightInput, {merge.sizes.inner(), merge.sizes.dModel}, "weight");
    return merge;
  }
};

void mergeForward(Call& call) {
  const Merge merge = Merge::read(call);
  const Sizes& sizes = merge.sizes;
  enum { streamInput = outputWeightInput + 1, numbersInput };
  const Shape shape{sizes.batch, sizes.length, sizes.dModel};
  const float sign = *call.ints(numbersInput, {1}, "numbers") < 0 ? -1 : 1;
  const Home y = homeOf(call, call.floatsToChange(streamInput, shape, "stream"), sign, 0, shape);
  const int inner = sizes.inner();
  const Packed weight = pack(inner, sizes.dModel, merge.weight, sizes.dModel,
                             scratch(9, static_cast<size_t>(inner) * sizes.dModel));
  sizes.pieces().forEachBlockAlone([&](const Block& block) {
    float* merged = scratch(1, static_cast<size_t>(blockRows) * inner);
    gatherHeads(sizes, block, merge.heads, merged, inner);
    const BlockTarget target = targetOf(y, sizes.dModel, block, 0);
    product<Left::plain, Into::replace>(block.paddedRows(), sizes.dModel, inner, merged, inner, weight, target.to,
                                        sizes.dModel);
    target.finish(sizes.dModel, block);
  });
}

void mergeGrad(Call& call) {
  const Merge merge = Merge::read(call);
  const Sizes& sizes = merge.sizes;
  const int64_t inner = sizes.inner(), dModel = sizes.dModel;
  const float* dy = call.floats(mergeDyInput, {sizes.batch, sizes.length, dModel}, "dy");
  float* dHeads = call.output(0, sizes.headsShape());
  const Packed across = packTransposed(dModel, inner, merge.weight, dModel, scratch(9, inner * dModel));
  RowPieces pieces = sizes.pieces();
  PartialSums dWeight(pieces, inner * dModel);
  pieces.forEachBlock([&](int piece, const Block& block) {
    const int rows = block.paddedRows();
    const float* given = blockOf(dy, dModel, block, 0);
    float* merged = scratch(1, static_cast<size_t>(blockRows) * inner);
    product<Left::plain, Into::replace>(rows, inner, dModel, given, dModel, across, merged, inner);
    scatterHeads(sizes, block, merged, inner, dHeads);
    gatherHeads(sizes, block, merge.heads, merged, inner);
    product<Left::transposed, Into::add>(inner, dModel, rows, merged, inner, given, dModel, dWeight.of(piece), dModel);
  });
  dWeight.total(call.output(1, {inner, dModel}));
}

}  // namespace

const Kernel heads{
    "ReformerHeads",
    {"x: float", "scale: float", "bias: float", "first: float", "second: float", "third: float", "numbers: int32"},
    {"first_heads: float", "second_heads: float", "third_heads: float"},
    compute<project>,
};

const Kernel headsGrad{
    "ReformerHeadsGrad",
    {"x: float", "scale: float", "bias: float", "first: float", "second: float", "third: float", "d_first: float",
     "d_second: float", "d_third: float", "gradient: float", "numbers: int32"},
    {"dx: float", "d_scale: float", "d_bias: float", "d_first_weight: float", "d_second_weight: float",
     "d_third_weight: float"},
    compute<projectGrad>,
};

const Kernel mergeHeads{
    "ReformerMergeHeads",
    {"heads: float", "weight: float", "stream: float", "numbers: int32"},
    {"y: float"},
    compute<mergeForward>,
};

const Kernel mergeHeadsGrad{
    "ReformerMergeHeadsGrad",
    {"heads: float", "weight: float", "dy: float", "numbers: int32"},
    {"d_heads: float", "d_weight: float"},
    compute<mergeGrad>,
};

}  // namespace reformer
