// `FeedForward(LayerNorm(x))` with relu, forward and backward, block by block: nothing as wide as dFF leaves the cache
// unless the caller wants to keep it. Contract: packages/model/src/kernels/names.ts.
#include "kernels.h"
#include "layer-norm.h"
#include "product.h"
#include "rows.h"

namespace reformer {

namespace {

/** Inputs of both passes: the stream and the layer's parameters. */
enum Input { xInput, scaleInput, normBiasInput, expandInput, expandBiasInput, contractInput, contractBiasInput };

struct Layer {
  size_t rows;
  int dModel, dFF;
  float epsilon;
  const float *x, *scale, *normBias, *expand, *expandBias, *contract, *contractBias;

  static Layer read(Call& call, const int32_t* numbers) {
    Layer layer;
    const Shape weight = call.shape(expandInput);
    require(weight.size() == 2, "expand must be of shape [dModel, dFF]");
    const int64_t dModel = weight[0], dFF = weight[1];
    require(dModel > 0 && dFF > 0 && dModel % tile == 0 && dFF % tile == 0 && dModel <= 1 << 16 && dFF <= 1 << 18,
            "dModel and dFF must be multiples of 16");
    const Shape shape = call.shape(xInput);
    layer.rows = rowsOf(shape, dModel, "x");
    layer.dModel = dModel;
    layer.dFF = dFF;
    layer.x = call.floats(xInput, shape, "x");
    layer.scale = call.floats(scaleInput, {dModel}, "scale");
    layer.normBias = call.floats(normBiasInput, {dModel}, "bias");
    layer.expand = call.floats(expandInput, {dModel, dFF}, "expand");
    layer.expandBias = call.floats(expandBiasInput, {dFF}, "expandBias");
    layer.contract = call.floats(contractInput, {dFF, dModel}, "contract");
    layer.contractBias = call.floats(contractBiasInput, {dModel}, "contractBias");
    std::memcpy(&layer.epsilon, &numbers[0], sizeof layer.epsilon);
    return layer;
  }

  /** The weights as right operands, in memory of the calling thread. */
  Packed packedExpand() const { return pack(dModel, dFF, expand, dFF, scratch(9, size())); }
  Packed packedContract() const { return pack(dFF, dModel, contract, dModel, scratch(10, size())); }
  Packed expandAcross() const { return packTransposed(dFF, dModel, expand, dFF, scratch(11, size())); }
  Packed contractAcross() const { return packTransposed(dModel, dFF, contract, dModel, scratch(12, size())); }
  size_t size() const { return static_cast<size_t>(dModel) * dFF; }
};

/** `relu(input expand + expandBias)` in `hidden`. */
void expandBlock(const Layer& layer, Packed expand, int rows, const float* input, float* hidden) {
  product<Left::plain, Into::replace>(rows, layer.dFF, layer.dModel, input, layer.dModel, expand, hidden, layer.dFF);
  for (int i = 0; i < rows; i++, hidden += layer.dFF)
    for (int c = 0; c < layer.dFF; c += lanes)
      store(hidden + c, larger(Floats{}, load(hidden + c) + load(layer.expandBias + c)));
}

void contractBlock(const Layer& layer, Packed contract, int rows, const float* hidden, float* y) {
  product<Left::plain, Into::replace>(rows, layer.dModel, layer.dFF, hidden, layer.dFF, contract, y, layer.dModel);
  addToRows(rows, layer.dModel, layer.contractBias, y);
}

struct NormedBlock {
  float *input, *standardized, *inverse;
};

NormedBlock normBlock(const Layer& layer, const Block& block) {
  const size_t count = static_cast<size_t>(blockRows) * layer.dModel;
  const NormedBlock normed{scratch(0, count), scratch(1, count), scratch(2, blockRows)};
  layerNorm(block.paddedRows(), layer.dModel, blockOf(layer.x, layer.dModel, block, 3), layer.scale, layer.normBias,
            layer.epsilon, normed.standardized, normed.inverse, normed.input);
  return normed;
}

void forward(Call& call) {
  enum { streamInput = contractBiasInput + 1, numbersInput };
  const int32_t* numbers = call.ints(numbersInput, {2}, "numbers");
  const Layer layer = Layer::read(call, numbers);
  const bool keeps = numbers[1] != 0;
  const Shape shape = call.shape(xInput);
  const Home y = homeOf(call, call.floatsToChange(streamInput, shape, "stream"), 1, 0, shape);
  float* kept = call.output(1, {keeps ? static_cast<int64_t>(layer.rows) : 0, layer.dFF});
  const Packed expand = layer.packedExpand(), contract = layer.packedContract();
  RowPieces(1, layer.rows).forEachBlockAlone([&](const Block& block) {
    const int rows = block.paddedRows();
    const NormedBlock normed = normBlock(layer, block);
    const size_t count = static_cast<size_t>(blockRows) * layer.dFF;
    const BlockTarget hidden =
        keeps ? targetOf({kept}, layer.dFF, block, 4) : BlockTarget{scratch(4, count), {nullptr}};
    expandBlock(layer, expand, rows, normed.input, hidden.to);
    const BlockTarget target = targetOf(y, layer.dModel, block, 5);
    contractBlock(layer, contract, rows, hidden.to, target.to);
    target.finish(layer.dModel, block);
    if (keeps) hidden.finish(layer.dFF, block);
  });
}

/** Inputs of the backward pass: then `activated` (empty: to be computed again), dy, and what to take y off and add dx to. */
enum GradInput { activatedInput = contractBiasInput + 1, dyInput, streamInput, gradientInput, numbersInput };

void backward(Call& call) {
  const int32_t* numbers = call.ints(numbersInput, {2}, "numbers");
  const Layer layer = Layer::read(call, numbers);
  const bool wantsOutput = numbers[1] != 0;
  const int64_t dModel = layer.dModel, dFF = layer.dFF, rowCount = layer.rows;
  const Shape shape = call.shape(xInput);
  const float* dy = call.floats(dyInput, shape, "dy");
  const float* activated =
      call.isEmpty(activatedInput) ? nullptr : call.floats(activatedInput, {rowCount, dFF}, "activated");
  float* stream = call.floatsToChange(streamInput, shape, "stream");
  const Home y = homeOf(call, stream, -1, 0, wantsOutput ? shape : Shape{0});
  const Home dx = homeOf(call, call.floatsToChange(gradientInput, shape, "gradient"), 1, 1, shape);

  const Packed contractAcross = layer.contractAcross(), expandAcross = layer.expandAcross();
  const Packed expand = activated ? Packed{} : layer.packedExpand();
  const Packed contract = wantsOutput ? layer.packedContract() : Packed{};

  RowPieces pieces(1, layer.rows);
  PartialSums dScale(pieces, dModel), dNormBias(pieces, dModel), dExpand(pieces, dModel * dFF),
      dExpandBias(pieces, dFF), dContract(pieces, dModel * dFF), dContractBias(pieces, dModel);

  pieces.forEachBlock([&](int piece, const Block& block) {
    const int rows = block.paddedRows();
    const size_t wide = static_cast<size_t>(blockRows) * dFF;
    const NormedBlock normed = normBlock(layer, block);
    const float* dOutput = blockOf(dy, dModel, block, 4);
    const float* active = activated ? blockOf(activated, dFF, block, 5) : nullptr;
    if (active == nullptr) {
      float* hidden = scratch(5, wide);
      expandBlock(layer, expand, rows, normed.input, hidden);
      active = hidden;
    }
    if (wantsOutput) {
      const BlockTarget target = targetOf(y, dModel, block, 6);
      contractBlock(layer, contract, rows, active, target.to);
      target.finish(dModel, block);
    }
    addColumns(rows, dModel, dOutput, dContractBias.of(piece));
    product<Left::transposed, Into::add>(dFF, dModel, rows, active, dFF, dOutput, dModel, dContract.of(piece), dModel);
    float* dHidden = scratch(7, wide);
    product<Left::plain, Into::replace>(rows, dFF, dModel, dOutput, dModel, contractAcross, dHidden, dFF);
    for (size_t i = 0; i < static_cast<size_t>(rows) * dFF; i += lanes)
      store(dHidden + i, select(load(active + i) > Floats{}, load(dHidden + i), Floats{}));
    addColumns(rows, dFF, dHidden, dExpandBias.of(piece));
    product<Left::transposed, Into::add>(dModel, dFF, rows, normed.input, dModel, dHidden, dFF, dExpand.of(piece),
                                         dFF);
    float* dInput = scratch(8, static_cast<size_t>(blockRows) * dModel);
    product<Left::plain, Into::replace>(rows, dModel, dFF, dHidden, dFF, expandAcross, dInput, dModel);
    const BlockTarget target = targetOf(dx, dModel, block, 13);
    layerNormGrad(block.rows, dModel, dInput, layer.scale, normed.standardized, normed.inverse, target.to,
                  dScale.of(piece), dNormBias.of(piece));
    target.finish(dModel, block);
  });

  dScale.total(call.output(2, {dModel}));
  dNormBias.total(call.output(3, {dModel}));
  dExpand.total(call.output(4, {dModel, dFF}));
  dExpandBias.total(call.output(5, {dFF}));
  dContract.total(call.output(6, {dFF, dModel}));
  dContractBias.total(call.output(7, {dModel}));
}

}  // namespace

const Kernel feedForward{
    "ReformerFeedForward",
    {"x: float", "scale: float", "bias: float", "expand: float", "expand_bias: float", "contract: float",
     "contract_bias: float", "stream: float", "numbers: int32"},
    {"y: float", "activated: float"},
    compute<forward>,
};

const Kernel feedForwardGrad{
    "ReformerFeedForwardGrad",
    {"x: float", "scale: float", "bias: float", "expand: float", "expand_bias: float", "contract: float",
     "contract_bias: float", "activated: float", "dy: float", "stream: float", "gradient: float", "numbers: int32"},
    {"y: float", "dx: float", "d_scale: float", "d_bias: float", "d_expand: float", "d_expand_bias: float",
     "d_contract: float", "d_contract_bias: float"},
    compute<backward>,
};

}  // namespace reformer
