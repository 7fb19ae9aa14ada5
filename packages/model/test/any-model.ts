/** Random configurations of models, small enough to run each in an instant. */
import * as fc from "fast-check";
import { Random } from "@reformer-ts/internal-random";
import {
  activations,
  attentionKinds,
  createReformer,
  initializeParameters,
  resolveConfig,
  type Reformer,
  type ReformerOptions,
} from "../src/index";

const vocabSize = 7;
const rate = fc.constantFrom(0, 0, 0.2);

export const anyOptions: fc.Arbitrary<ReformerOptions> = fc.record({
  layers: fc.array(fc.constantFrom(...attentionKinds), { minLength: 1, maxLength: 3 }),
  positions: fc.constantFrom("axial", "learned", "sinusoidal", "fixedBase", "rotary", "none"),
  chunkLength: fc.integer({ min: 2, max: 8 }),
  localChunkLength: fc.integer({ min: 2, max: 8 }),
  chunksBefore: fc.integer({ min: 0, max: 2 }),
  numHashes: fc.integer({ min: 1, max: 3 }),
  numBuckets: fc.constantFrom<"auto" | number | number[]>("auto", 4, [2, 4]),
  routing: fc.constantFrom("classic", "strict"),
  duplicateCorrection: fc.boolean(),
  acrossBuckets: fc.boolean(),
  ring: fc.boolean(),
  numMemoryKeys: fc.constantFrom(0, 0, 2),
  localSharedQueryKey: fc.boolean(),
  localBias: fc.boolean(),
  activation: fc.constantFrom(...activations),
  tieEmbeddings: fc.boolean(),
  tieLayers: fc.boolean(),
  embeddingDims: fc.constantFrom(null, 3),
  headBias: fc.boolean(),
  hiddenDropout: rate,
  lshDropout: rate,
  localDropout: rate,
});

export function build(given: ReformerOptions): Reformer {
  const sizes = { vocabSize, dModel: 8, dFF: 6, numHeads: 2, dHead: 4, maxLength: 24 };
  const config = resolveConfig({ ...sizes, fixedBaseDigits: 4, initializerRange: 0.3, ...given });
  return createReformer(config, initializeParameters(config, 1));
}

export function draw(count: number, seed: number): Int32Array {
  const random = Random.fromSeed(seed);
  return Int32Array.from({ length: count }, () => random.integer(vocabSize));
}
