export {
  activations,
  attentionKinds,
  mostPositions,
  reformerSchema,
  resolveConfig,
  type Activation,
  type AttentionKind,
  type ReformerConfig,
  type ReformerOptions,
} from "./config";
export { parse } from "./parse";
export {
  countParameters,
  createParameters,
  initializeParameters,
  parameterShapes,
  type Parameters,
} from "./parameters";
export {
  createReformer,
  encode,
  evaluateBatch,
  lossAndGradients,
  type EncodeOptions,
  type GradientOptions,
  type Reformer,
} from "./reformer";
export {
  inspectAttention,
  type InspectedAttention,
  type InspectedRow,
  type InspectOptions,
} from "./inspect-attention";
export type { Batch } from "./batch";
export type { Pass } from "./pass";
export { trainStep, type GradientExchange, type StepResult, type TrainStepOptions } from "./train-step";
export { dropsActivations } from "./gradient-parts";
export type { Optimizer } from "./optim/optimizer";
export { adam, adamW, type AdamOptions, type AdamWOptions } from "./optim/adam";
export { adafactor, type AdafactorOptions } from "./optim/adafactor";
export { learningRateAt, scheduleKinds, type Schedule } from "./optim/schedule";
export { sample, type SamplingOptions } from "./sampling";
export {
  encoderDecoderSchema,
  resolveEncoderDecoder,
  type EncoderDecoderConfig,
  type EncoderDecoderOptions,
} from "./encoder-decoder/config";
export { encoderDecoderShapes, initializeEncoderDecoder } from "./encoder-decoder/parameters";
export { createEncoderDecoder, type EncoderDecoder } from "./encoder-decoder/model";
export type { PairBatch } from "./encoder-decoder/batch";
export {
  evaluatePairs,
  pairLossAndGradients,
  trainPairStep,
  type PairGradientOptions,
  type PairOptions,
} from "./encoder-decoder/loss";
export { estimatePairBytes, planPairMemory, type PairShape } from "./encoder-decoder/estimate";
export { createPairDecoder, type PairDecoder } from "./encoder-decoder/decoder";
export { translate, type TranslateOptions } from "./encoder-decoder/translate";
export { translationPresets, type TranslationPreset } from "./encoder-decoder/presets";
export { createDecoder, type Decoder, type ReadOptions } from "./decode/decoder";
export { continueWith, generate, generateBatch, type GenerateOptions } from "./decode/generate";
export {
  decodeSafetensors,
  encodeSafetensors,
  type Safetensors,
  type StoredTensor,
  type StoredType,
} from "./io/safetensors";
export {
  configFromTransformers,
  configToTransformers,
  type TransformersConfig,
} from "./io/transformers-config";
export { type CheckpointFiles, parseObject } from "./io/checkpoint-files";
export { loadTransformers } from "./io/load-transformers";
export { beyondTransformers, transformersFiles } from "./io/save-transformers";
export type { CardDetails } from "./io/model-card";
export { widened } from "./io/half-precision";
export type { StoredModel } from "./io/stored-model";
export { type PositionChange, withPositions } from "./io/resize-positions";
export { modelFromTrax } from "./io/from-trax";
export { readTraxFile, weightsBeside } from "./io/trax-file";
export { readTorchFile } from "./io/torch-file";
export { runCase, type CaseErrors, type GoldenCase } from "./verify/run-case";
export { beyondTolerance, tolerances, type Measured } from "./verify/tolerance";
export { stateFromTransformers, stateToTransformers, transformersNames } from "./io/transformers-names";
export { parametersFromState, readParameters, requireState, tensorsFromState } from "./io/state";
export { registerMissingKernels } from "./kernels/unsorted-segment-sum";

// What a fused kernel takes over.
export * from "./kernels/names";
export { explainKernels } from "./kernels/explain-kernels";
export { loadTfjs, tfjsFiles } from "./io/tfjs-files";
export { estimatePassBytes, estimateStepBytes, type MemoryChoices, type StepShape } from "./memory/estimate";
export { measurePeakBytes } from "./memory/measure";
export { gigabytes, leastMemory, planMemory, requirePassFits } from "./memory/plan";
export { runsInPlace, runsWholeHeads, stepShape } from "./memory/runs-in-place";
