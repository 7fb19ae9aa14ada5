/**
 * An attention layer of one head as one kernel each way, from stream to stream. Its vectors exist for a few chunks at a
 * time, so beside the streams a sequence costs nothing but the integers that sort it.
 */
import { concat, dispose, slice, tidy, type Tensor3D, type Tensor4D } from "@tensorflow/tfjs-core";
import type { Slots } from "@reformer-ts/lsh";
import type { InPlace } from "@reformer-ts/reversible";
import type { AttentionMechanism } from "./attention-mechanism";
import type { ReformerConfig } from "./config";
import { hasKernel, runAddAttention, runHeads, runUndoAttention } from "./kernels/dispatch";
import { modelKernelNames, type AttentionAttributes } from "./kernels/names";
import type { Parameters } from "./parameters";
import { dropoutRates, type Pass } from "./pass";

/** Positions whose queries exist at a time, to be hashed. */
const hashedLength = 32_768;

/** Whether the running backend has the kernels, they know this layer, and memory is what counts. */
export function fitsWholeAttention(
  config: ReformerConfig,
  { placing }: AttentionMechanism,
  pass: Pass,
): boolean {
  const { lshDropout, localDropout } = dropoutRates(config, pass);
  const { addAttention, undoAttention } = modelKernelNames;
  return (
    pass.headByHead === true &&
    pass.keyMask === undefined &&
    config.numHeads === 1 &&
    (placing?.hash === undefined || config.numHashes === 1) &&
    config.numMemoryKeys === 0 &&
    config.positions !== "rotary" &&
    lshDropout === 0 &&
    localDropout === 0 &&
    [addAttention, undoAttention].every(hasKernel)
  );
}

/** @param usual what takes sequences that are not cut into chunks */
export function wholeAttention(
  { layerNormEpsilon: epsilon }: ReformerConfig,
  parameters: Parameters,
  prefix: string,
  { projections, placing }: AttentionMechanism,
  usual: InPlace,
): InPlace {
  if (placing === undefined) return usual;
  const get = (name: string) => parameters.get(`${prefix}.${name}`);
  const weights = () => {
    const [first, second, third] = projections.map(get);
    return { scale: get("norm.scale"), bias: get("norm.bias"), first: first!, second: second!, third };
  };
  const hash = (x: Tensor3D, seed: number): Tensor4D | null => {
    const [, length] = x.shape;
    if (placing.hash === undefined) return null;
    const pieces: Tensor4D[] = [];
    for (let start = 0; start < length; start += hashedLength) {
      const size = Math.min(hashedLength, length - start);
      pieces.push(
        tidy(() => {
          const piece = slice(x, [0, start, 0], [-1, size, -1]);
          const [queries] = runHeads({ x: piece, ...weights() }, { heads: 1, epsilon });
          return placing.hash!(queries!, length, seed);
        }),
      );
    }
    const buckets = concat(pieces, 3);
    dispose(pieces);
    return buckets;
  };
  /** Lends where positions meet. */
  const withSlots = <Result>(
    length: number,
    buckets: Tensor4D | null,
    use: (slots: Omit<Slots, "attributes">, attributes: AttentionAttributes) => Result,
  ): Result => {
    const { attributes, ...slots } = placing.slots(length, buckets);
    const result = use(slots, { ...attributes, epsilon });
    dispose(Object.values(slots).filter((tensor) => tensor !== undefined));
    return result;
  };

  return {
    add(stream, x, seed) {
      const length = x.shape[1]!;
      if (!placing.cuts(length)) return usual.add(stream, x, seed);
      const buckets = hash(x as Tensor3D, seed);
      const sum = withSlots(length, buckets, (slots, attributes) =>
        runAddAttention({ x, stream, output: get("output"), ...weights(), ...slots }, attributes),
      );
      return { sum, saved: buckets ? [buckets] : [] };
    },

    undo(stream, gradient, pass) {
      const { x, dy, saved, sink } = pass;
      const length = x.shape[1]!;
      if (!placing.cuts(length)) return usual.undo(stream, gradient, pass);
      const undone = withSlots(length, (saved[0] as Tensor4D | undefined) ?? null, (slots, attributes) =>
        runUndoAttention(
          { x, dy, stream, gradient, output: get("output"), ...weights(), ...slots },
          attributes,
        ),
      );
      const { scale, bias, output, weights: ofWeights } = undone.gradients;
      sink(`${prefix}.output`, output);
      sink(`${prefix}.norm.scale`, scale);
      sink(`${prefix}.norm.bias`, bias);
      projections.forEach((name, i) => sink(`${prefix}.${name}`, ofWeights[i]!));
      return { rebuilt: undone.stream, gradient: undone.gradient };
    },
  };
}
