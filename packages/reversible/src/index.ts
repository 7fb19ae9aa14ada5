export {
  autogradResidual,
  type AutogradOptions,
  type AutogradResidual,
  type ResidualFunction,
} from "./autograd-residual";
export { irreversibleStack, type Applicable, type PlainBlock } from "./irreversible";
export { parametersOf, type NamedParameters } from "./parameters";
export { replayRandom } from "./replay";
export { inPlaceOf } from "./in-place";
export type { GradientSink, InPlace, Kept, Residual, ReversibleBlock, Saved } from "./residual";
export { reversibleStack, type StackFunction } from "./reversible-stack";
export {
  backwardHalves,
  disposeTrace,
  forwardHalves,
  halfSeed,
  inferHalves,
  residualSeed,
  type Streams,
  type Trace,
} from "./halves";
export { backward, forward, infer, type ForwardOptions } from "./sequence";
