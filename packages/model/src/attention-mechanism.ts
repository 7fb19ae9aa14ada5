/** What differs between LSH, local and full attention, seen from a layer: its projections, forward and pullback. */
import { slice, tidy, type Tensor, type Tensor4D } from "@tensorflow/tfjs-core";
import {
  type Attending,
  drawRotations,
  fullAttentionForward,
  fullAttentionGrad,
  hashSome,
  isLshFull,
  localAttentionForward,
  localAttentionGrad,
  localSlots,
  lshAttentionForward,
  lshAttentionGrad,
  lshSlots,
  type Slots,
  torchRotations,
} from "@reformer-ts/lsh";
import { deriveSeed } from "@reformer-ts/internal-random";
import type { GradientSink, Saved } from "@reformer-ts/reversible";
import type { ReformerConfig } from "./config";
import { biasNames, projectionNames } from "./parameters";
import { dropoutRates, paddedLength, type Pass } from "./pass";
import { rotate } from "./positions/rotary";

/** The result of a forward pass with all that its pullback needs. */
export interface Attended {
  /** `[batch, heads, length, depth]` */
  output: Tensor4D;
  /** `[batch, heads, length]` */
  logSumExp: Tensor;
  /** in the order of {@link AttentionMechanism.projections}, each `[batch, heads, length, depth]` */
  projections: Tensor4D[];
  /** `[batch, heads, numHashes, length]` int32, of LSH attention on more than one chunk */
  buckets: Tensor | null;
  dispose(): void;
}

export interface AttentionMechanism {
  /** Names of the weights that make its inputs. */
  readonly projections: readonly string[];
  /** Names of these projections' biases, where they have any. */
  readonly biases: readonly string[];
  /** Takes `projections`. With `saved`, repeats the pass that left it. */
  attend(projections: Tensor4D[], seed: number, saved?: Saved): { attended: Attended; saved: Saved };
  /**
   * @param sink owns the gradients of parameters that the mechanism has beside those of its projections
   * @returns a gradient for each projection; the caller owns them
   */
  pull(dOutput: Tensor4D, attended: Attended, seed: number, sink: GradientSink): Tensor[];
  readonly placing?: Placing | undefined;
}

/** Where positions meet, for a kernel that takes the whole layer. */
export interface Placing {
  /** Whether a sequence so long is cut into chunks at all. */
  cuts(length: number): boolean;
  /** Buckets of some queries `[batch, heads, any, depth]` of a sequence; absent where nothing is hashed. */
  hash?(queries: Tensor4D, length: number, seed: number): Tensor4D;
  /** The caller owns its tensors. */
  slots(length: number, buckets: Tensor4D | null): Slots;
}

/** Attention of a sequence to itself, which can be looked at. */
export interface SelfAttentionMechanism extends AttentionMechanism {
  /** What `attentionOf` is to be asked about a pass; call inside a tidy. */
  attending(attended: Attended, seed: number): Attending;
}

/** One head of several, for a mechanism that is to be this head alone. */
export interface OneHead {
  head: number;
  of: number;
}

/** @param layer index of the layer, from the input up */
export function attentionMechanism(
  config: ReformerConfig,
  layer: number,
  pass: Pass,
  one?: OneHead,
): SelfAttentionMechanism {
  switch (config.layers[layer]!) {
    case "lsh":
      return lsh(config, layer, pass, one);
    case "local":
      return plain(config, "local", localAttentionForward, localAttentionGrad, pass);
    case "full":
      return plain(config, "full", fullAttentionForward, fullAttentionGrad, pass);
  }
}

function lsh(config: ReformerConfig, layer: number, pass: Pass, one?: OneHead): SelfAttentionMechanism {
  const { chunkLength, chunksBefore, chunksAfter, causal, numHashes, numBuckets, maxLength } = config;
  const given = pass.rotations?.[config.layers.slice(0, layer).filter((kind) => kind === "lsh").length];
  const { turn, turnBack } = positionsInside(config);
  const optionsOf = (length: number, seed: number) => ({
    // A chunk that holds the sequence is attended to in full.
    ...(length <= config.fullAttentionThreshold
      ? { chunkLength: length, paddedLength: length }
      : { chunkLength, paddedLength: paddedLength(config, length) }),
    chunksBefore,
    chunksAfter,
    causal,
    ring: config.ring,
    duplicateCorrection: config.duplicateCorrection,
    acrossBuckets: config.acrossBuckets,
    ...masking(dropoutRates(config, pass).lshDropout, seed, pass),
    numHashes,
    numBuckets,
    maxLength,
    routing: config.routing,
    seed: deriveSeed(seed, "rotations"),
  });
  /** Lends the rotations, where they are not simply drawn from the seed. */
  const withRotations = <Result>(seed: number, use: (rotations: Tensor | undefined) => Result): Result => {
    const heads = one?.of ?? config.numHeads;
    const torch = given || config.torchHashSeed === null ? null : drawWithTorch(config, heads);
    const all = given ?? torch;
    // The very rotations that this head has among all of them.
    const own = one
      ? tidy(() =>
          slice(
            all ?? drawAll(config, heads, deriveSeed(seed, "rotations")),
            [one.head, 0, 0, 0],
            [1, -1, -1, -1],
          ),
        )
      : null;
    const result = use(own ?? all ?? undefined);
    torch?.dispose();
    own?.dispose();
    return result;
  };
  return {
    projections: projectionNames(config, "lsh"),
    biases: [],
    placing: {
      cuts: (length) => !isLshFull(length, optionsOf(length, 0)),
      hash: (queries, length, seed) =>
        withRotations(seed, (rotations) =>
          hashSome(queries, length, { ...optionsOf(length, seed), rotations }),
        ),
      slots: (length, buckets) => lshSlots(buckets!, optionsOf(length, 0)),
    },
    attend(projections, seed, saved) {
      const [hashed, value] = projections as [Tensor4D, Tensor4D];
      const queryKey = turn(hashed);
      const attendWith = (how: { rotations?: Tensor | undefined; buckets?: Tensor }) =>
        lshAttentionForward(queryKey, value, { ...optionsOf(queryKey.shape[2], seed), hashed, ...how });
      const { output, logSumExp, buckets } = saved?.[0]
        ? attendWith({ buckets: saved[0] })
        : withRotations(seed, (rotations) => attendWith({ rotations }));
      queryKey.dispose();
      const attended = hold({
        output: output as Tensor4D,
        logSumExp,
        projections,
        buckets: buckets?.clone() ?? null,
      });
      return { attended, saved: buckets ? [buckets] : [] };
    },
    pull(dOutput, { projections, output, logSumExp, buckets }, seed) {
      const queryKey = turn(projections[0]!);
      const state = { queryKey, value: projections[1]!, output, logSumExp, buckets };
      const { dQueryKey, dValue } = lshAttentionGrad(dOutput, state, optionsOf(queryKey.shape[2], seed));
      queryKey.dispose();
      return [turnBack(dQueryKey), dValue];
    },
    attending({ projections, buckets }, seed) {
      const queryKey = turn(projections[0]!);
      return { ...optionsOf(queryKey.shape[2], seed), queryKey, buckets: buckets ?? undefined };
    },
  };
}

function drawAll(
  { dHead: depth, numHashes, numBuckets }: ReformerConfig,
  heads: number,
  seed: number,
): Tensor {
  const factors = numBuckets as number | number[];
  return drawRotations({ heads, depth, numHashes, numBuckets: [factors].flat(), seed });
}

function drawWithTorch(
  { dHead, numHashes, numBuckets, torchHashSeed }: ReformerConfig,
  heads: number,
): Tensor {
  const factors = numBuckets as number | number[];
  return torchRotations({
    heads,
    depth: dHead,
    numHashes,
    numBuckets: factors,
    seed: torchHashSeed!,
  });
}

/** Local and full attention. */
function plain(
  config: ReformerConfig,
  kind: "local" | "full",
  forward: typeof localAttentionForward,
  grad: typeof localAttentionGrad,
  pass: Pass,
): SelfAttentionMechanism {
  const sharedQueryKey = kind === "local" && config.localSharedQueryKey;
  const { turn, turnBack } = positionsInside(config);
  const optionsOf = (length: number, seed: number) => ({
    sharedQueryKey,
    chunkLength: config.localChunkLength!,
    chunksBefore: config.localChunksBefore!,
    chunksAfter: config.localChunksAfter!,
    causal: config.causal,
    // A window longer than a short ring meets a chunk twice, so what is seen would depend on how many tokens follow.
    ring: config.ring && config.routing !== "strict",
    paddedLength: paddedLength(config, length),
    ...masking(dropoutRates(config, pass).localDropout, seed, pass),
  });
  return {
    projections: projectionNames(config, kind),
    biases: biasNames(config, kind),
    ...(kind === "local"
      ? {
          placing: {
            cuts: (length) => localSlots(length, optionsOf(length, 0)) !== null,
            slots: (length) => localSlots(length, optionsOf(length, 0))!,
          },
        }
      : {}),
    attend(projections, seed) {
      const [query, key, value] = threeOf(projections);
      const turned = [turn(query), turn(key)] as const;
      const { output, logSumExp } = forward(...turned, value, optionsOf(query.shape[2], seed));
      for (const tensor of turned) tensor.dispose();
      return {
        attended: hold({ output: output as Tensor4D, logSumExp, projections, buckets: null }),
        saved: [],
      };
    },
    pull(dOutput, { projections, output, logSumExp }, seed) {
      const [unturnedQuery, unturnedKey, value] = threeOf(projections);
      const [query, key] = [turn(unturnedQuery), turn(unturnedKey)];
      const { dQuery, dKey, dValue } = grad(
        dOutput,
        { query, key, value, output, logSumExp },
        optionsOf(query.shape[2], seed),
      );
      query.dispose();
      key.dispose();
      if (!sharedQueryKey) return [turnBack(dQuery), turnBack(dKey), dValue];
      dKey.dispose();
      return [turnBack(dQuery), dValue];
    },
    attending({ projections }, seed) {
      const [query, key] = threeOf(projections);
      const length = query.shape[2];
      const whole = kind === "full" ? { chunkLength: length, paddedLength: length } : {};
      return { ...optionsOf(length, seed), ...whole, query: turn(query), key: turn(key) };
    },
  };
}

/** What happens to queries and keys before they meet: rotary positions, or nothing. */
function positionsInside({ positions }: ReformerConfig) {
  const turns = positions === "rotary";
  return {
    /** The caller owns the result. */
    turn: (x: Tensor4D): Tensor4D => (turns ? rotate(x) : x.clone()),
    /** Takes the gradient of what was turned and gives that of what was not. */
    turnBack(gradient: Tensor4D): Tensor4D {
      if (!turns) return gradient;
      const turned = rotate(gradient, -1);
      gradient.dispose();
      return turned;
    },
  };
}

/** Query, key and value; a shared projection is both of the first. */
function threeOf(projections: readonly Tensor4D[]): [Tensor4D, Tensor4D, Tensor4D] {
  return [projections[0]!, projections.at(-2)!, projections.at(-1)!];
}

function masking(rate: number, seed: number, { keyMask }: Pass) {
  return {
    ...(rate > 0 ? { dropout: { rate, seed: deriveSeed(seed, "attention") } } : {}),
    ...(keyMask ? { keyMask } : {}),
  };
}

/** An {@link Attended} that owns its parts. */
export function hold(parts: Omit<Attended, "dispose">): Attended {
  return {
    ...parts,
    dispose() {
      for (const tensor of [parts.output, parts.logSumExp, ...parts.projections]) tensor.dispose();
      parts.buckets?.dispose();
    },
  };
}
