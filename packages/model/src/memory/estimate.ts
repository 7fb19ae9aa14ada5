/**
 * How many bytes of tensors a training step needs at its peak, from the configuration alone.
 *
 * A step holds the two streams and their gradients throughout, the activations of the layers that keep theirs, and for
 * a while what one half of a layer works with. Each of these is a count of numbers for each token; which of them is the
 * peak follows from taking the largest. The counts are read off the code, and a test holds them against measured peaks.
 */
import { countParameters, projectionNames } from "../parameters";
import type { AttentionKind, ReformerConfig } from "../config";
import { expandedWidth } from "../nonlinearity";

/** What of memory a step may choose to spend or to save. */
export interface MemoryChoices {
  /** Layers, counted from the input, whose activations are kept instead of rebuilt. */
  keepLayers: number;
  /** Whether attention takes its heads one after another. */
  headByHead: boolean;
}

export interface StepShape {
  batch: number;
  length: number;
  /** Whether layers run as fused kernels that change streams where they stand. */
  fused: boolean;
  /** Whether attention that takes its heads one after another runs as one kernel for each; false by default. */
  wholeHeads?: boolean;
}

const bytesOfNumber = 4;
/** Positions that are embedded, or hashed, at a time. */
const pieceLength = 32_768;
/** How many times the rotated vectors exist while the nearest direction is chosen, as measured. */
const choosing = 3.7;
/** Positions whose logits exist at a time. */
const headRows = 2048;
/** Positions that composed feed-forward layers take at a time. */
const rowsAtOnce = 4096;

/** Bytes at the peak of a step, parameters and the two moments of each included. */
export function estimateStepBytes(config: ReformerConfig, shape: StepShape, choices: MemoryChoices): number {
  const { layers, dModel, numHeads, dHead, dFF } = config;
  const { keepLayers, headByHead } = choices;
  const tokens = shape.batch * shape.length;
  const counts = countsOf(shape, choices);
  const one = headByHead && splittable(config) ? dHead : numHeads * dHead;
  const kept = layers.slice(0, keepLayers);
  const rebuilt = layers.slice(keepLayers);

  const keeps = tokens * sum(kept.map((kind) => keptByLayer(config, kind, shape.fused)));
  const streams = tokens * 4 * dModel;
  const peaks = [
    embedding(dModel, tokens),
    keeps + streams + tokens * counts.head * dModel,
    ...rebuilt.map((kind) => keeps + streams + counts.attention(config, kind, one, tokens)),
    ...rebuilt.map((kind) => keeps + streams / 2 + counts.attentionForward(config, kind, one, tokens)),
    ...(rebuilt.length > 0 ? [keeps + streams + counts.feedForward(config, tokens)] : []),
    ...(kept.length > 0 ? [keeps + tokens * 2 * dModel + counts.keptFeedForward(config, tokens)] : []),
    // By then the last layer's feed-forward half has let go of what it kept.
    ...kept.slice(-1).map((kind) => {
      const work = counts.keptAttention(config, kind, numHeads * dHead, tokens);
      return keeps + tokens * (2 * dModel - dModel - dFF) + work;
    }),
  ];
  return bytesOfNumber * (3 * countParameters(config) + Math.max(...peaks));
}

/**
 * Bytes at the peak of a pass forward that leaves nothing behind, parameters included.
 *
 * @param headByHead whether attention takes its heads one after another
 */
export function estimatePassBytes(
  config: ReformerConfig,
  shape: StepShape,
  { headByHead }: Pick<MemoryChoices, "headByHead">,
): number {
  const { layers, dModel, numHeads, dHead } = config;
  const tokens = shape.batch * shape.length;
  const counts = countsOf(shape, { headByHead });
  const one = headByHead && splittable(config) ? dHead : numHeads * dHead;
  const streams = tokens * 2 * dModel;
  const peaks = [
    embedding(dModel, tokens),
    ...layers.map((kind) => streams + counts.attentionForward(config, kind, one, tokens)),
    streams + counts.feedForwardForward(config, tokens),
    streams + Math.min(tokens, headRows) * Math.max(14 * dModel, 6 * dModel + 5 * config.vocabSize),
  ];
  return bytesOfNumber * (countParameters(config) + Math.max(...peaks));
}

function countsOf(
  { fused, wholeHeads }: StepShape,
  { headByHead }: Pick<MemoryChoices, "headByHead">,
): Counts {
  if (!fused) return composedWork;
  return wholeHeads && headByHead ? wholeWork : fusedWork;
}

/** Three streams at once where the gradients of both meet; and what vectors are put together from, a piece at a time. */
function embedding(dModel: number, tokens: number): number {
  if (tokens <= pieceLength) return 4 * tokens * dModel;
  return dModel * Math.max(3 * tokens, tokens + 4 * pieceLength);
}

/** Dropped weights are drawn for all heads together. */
function splittable({ lshDropout, localDropout }: ReformerConfig): boolean {
  return lshDropout === 0 && localDropout === 0;
}

/** Numbers that a layer leaves for its backward pass instead of computing them again. */
function keptByLayer(config: ReformerConfig, kind: AttentionKind, fused: boolean): number {
  const { dModel, dFF, numHeads, dHead, numHashes } = config;
  const inner = numHeads * dHead;
  const projections = projectionNames(config, kind).length;
  const attention = (projections + 1) * inner + numHeads + (kind === "lsh" ? numHeads * numHashes : 0);
  if (fused) return dModel + attention + dModel + dFF;
  return 2 * dModel + attention + inner + 2 * dModel + expandedWidth(config) + dFF;
}

/** Numbers of one kind of work, besides streams, their gradients and what layers keep. */
interface Counts {
  /** Vectors of dModel for each token, in the head. */
  head: number;
  /** @param inner width of the heads that exist together */
  attention(config: ReformerConfig, kind: AttentionKind, inner: number, tokens: number): number;
  feedForward(config: ReformerConfig, tokens: number): number;
  keptAttention(config: ReformerConfig, kind: AttentionKind, inner: number, tokens: number): number;
  keptFeedForward(config: ReformerConfig, tokens: number): number;
  /** Of a pass forward that leaves nothing. */
  attentionForward(config: ReformerConfig, kind: AttentionKind, inner: number, tokens: number): number;
  feedForwardForward(config: ReformerConfig, tokens: number): number;
}

/** Ints of LSH attention for each token: its bucket, slot and position in each round. */
const sorting = ({ numHeads, numHashes }: ReformerConfig, kind: AttentionKind) =>
  kind === "lsh" ? 3 * numHeads * numHashes : 0;

const fusedWork: Counts = {
  head: 0,
  // Projections, output, scaled keys, the output's gradient, those of queries, keys and values, and of the projection.
  attention: (config, kind, inner, tokens) =>
    tokens * ((projectionNames(config, kind).length + 7) * inner + sorting(config, kind)),
  feedForward: () => 0,
  keptFeedForward: () => 0,
  feedForwardForward: () => 0,
  // Projections; then what hashes them, or scaled keys and the output.
  attentionForward: (config, kind, inner, tokens) =>
    tokens * (projectionNames(config, kind).length * inner + sorting(config, kind)) +
    Math.max(
      tokens * 2 * inner,
      choosing * hashing({ ...config, numHeads: inner / config.dHead }, kind, tokens),
    ),
  keptAttention: (config, kind, inner, tokens) =>
    tokens * (6 * inner + config.dModel + sorting(config, kind)),
};

const wholeWork: Counts = {
  ...fusedWork,
  attention: (config, kind, inner, tokens) =>
    kind === "full"
      ? fusedWork.attention(config, kind, inner, tokens)
      : tokens * sorting(oneHeadOf(config), kind),
  // Queries and values exist for a piece at a time, to be hashed.
  attentionForward: (config, kind, inner, tokens) =>
    kind === "full"
      ? fusedWork.attentionForward(config, kind, inner, tokens)
      : tokens * sorting(oneHeadOf(config), kind) +
        (kind === "lsh" ? Math.min(tokens, pieceLength) * (config.dModel + 2 * inner) : 0) +
        choosing * hashing(oneHeadOf(config), kind, tokens),
};

const oneHeadOf = (config: ReformerConfig) => ({ ...config, numHeads: 1 });

const composedWork: Counts = {
  head: 2,
  attention(config, kind, inner, tokens) {
    const projections = projectionNames(config, kind).length;
    const perToken = (2 * projections + 8) * config.dModel + (3 * projections + 3) * inner;
    return (
      tokens * (perToken + sorting(config, kind) + (kind === "lsh" ? 3 * config.numHashes * inner : 0)) +
      scoring(config, kind, tokens) +
      hashing(config, kind, tokens)
    );
  },
  feedForward: (config, tokens) =>
    5 * tokens * config.dModel +
    Math.min(tokens, rowsAtOnce) * (6 * config.dModel + 3 * expandedWidth(config) + 2 * config.dFF),
  attentionForward(config, kind, inner, tokens) {
    const projections = projectionNames(config, kind).length;
    const rounds = kind === "lsh" ? config.numHashes : 0;
    const perToken = 3 * config.dModel + (projections + 3 + 2 * rounds) * inner + sorting(config, kind);
    return tokens * perToken + Math.max(scoring(config, kind, tokens), hashing(config, kind, tokens));
  },
  feedForwardForward: (config, tokens) =>
    (tokens > rowsAtOnce ? 2 * tokens * config.dModel : 0) +
    Math.min(tokens, rowsAtOnce) * (4 * config.dModel + expandedWidth(config) + config.dFF),
  keptFeedForward: (config, tokens) =>
    (tokens > rowsAtOnce ? 3 * tokens * config.dModel : 0) +
    Math.min(tokens, rowsAtOnce) * (6 * config.dModel + 2 * expandedWidth(config) + 2 * config.dFF),
  keptAttention(config, kind, inner, tokens) {
    const projections = projectionNames(config, kind).length;
    const perToken = (2 * projections + 6) * config.dModel + (2 * projections + 1) * inner;
    return tokens * (perToken + sorting(config, kind)) + scoring(config, kind, tokens);
  },
};

/** Scores and their kin, of one segment of chunks at a time. */
function scoring(config: ReformerConfig, kind: AttentionKind, tokens: number): number {
  const rounds = kind === "lsh" ? config.numHashes : 1;
  return 6 * Math.min(1 << 19, tokens * config.numHeads * rounds * 2 * config.chunkLength);
}

/** Rotated vectors, of one piece of the sequence at a time. */
function hashing(config: ReformerConfig, kind: AttentionKind, tokens: number): number {
  if (kind !== "lsh") return 0;
  const directions = [config.numBuckets]
    .flat()
    .reduce<number>((total, factor) => total + Number(factor) / 2, 0);
  return Math.min(1 << 21, tokens * config.numHeads * config.numHashes * directions);
}

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
