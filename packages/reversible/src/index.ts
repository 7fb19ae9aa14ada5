export type { GradientSink, Kept, Residual, ReversibleBlock, Saved } from "./residual";
export {
  backward,
  disposeTrace,
  forward,
  infer,
  residualSeed,
  type ForwardOptions,
  type Streams,
  type Trace,
} from "./sequence";
