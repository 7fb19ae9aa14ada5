/** Models of one size on the same data in the same order, which differ in one thing: how they attend, or whether they are reversible. */
import type { ReformerOptions } from "@reformer-ts/model";
import { openEmoji, openText, type Corpus } from "./corpora";
import type { networks } from "./networks";

export interface Variant {
  label: string;
  options: ReformerOptions;
  /** How the layers are wired; reversible unless given. */
  network?: keyof typeof networks;
  /** Another learning rate than the comparison's, and fewer seeds. */
  learningRate?: number;
  seeds?: readonly number[];
}

export interface Comparison {
  /** Tokens of a sequence. */
  length: number;
  /** Sequences of a step. */
  batch: number;
  steps: number;
  learningRate: number;
  /** Each decides fresh weights, the order of the data, and rotations. */
  seeds: readonly number[];
  /** What all variants share. */
  model: ReformerOptions;
  /** @param at a file or folder named on the command line */
  open(length: number, at?: string): Corpus;
  variants: Record<string, Variant>;
}

/** Alternating with local attention, as the models that the authors published. */
const layers = (kind: "lsh" | "full") => ["local" as const, kind, "local" as const, kind];
/** A third seed is for what is compared more closely. */
const twice = [1, 2];
const rounds = (numHashes: number): Variant => ({
  label: numHashes === 1 ? "LSH, 1 round" : `LSH, ${numHashes} rounds`,
  options: { layers: layers("lsh"), numHashes },
  seeds: twice,
});

/** An LSH layer whose threshold no sequence passes attends in full, with queries and keys shared. */
const variants = (length: number): Record<string, Variant> => ({
  separate: { label: "full attention, separate queries and keys", options: { layers: layers("full") } },
  regular: {
    label: "full attention, separate queries and keys, ordinary residuals",
    options: { layers: layers("full") },
    network: "ordinary",
  },
  shared: {
    label: "full attention, shared queries and keys",
    options: { layers: layers("lsh"), fullAttentionThreshold: length },
    seeds: twice,
  },
  "lsh-1": rounds(1),
  "lsh-4": rounds(4),
  "lsh-8": rounds(8),
  "lsh-2": rounds(2),
});

const separate = (label: string, network: Variant["network"]): Variant => ({
  label,
  options: { layers: layers("full") },
  network,
});
const halfRate = { learningRate: 2e-3, seeds: twice };
/** Between reversible and ordinary, to find which of their differences counts; and both at half the rate. */
const between: Record<string, Variant> = {
  "regular-half": { ...separate("ordinary residuals, half the learning rate", "ordinary"), ...halfRate },
  "separate-half": { ...separate("reversible, half the learning rate", "reversible"), ...halfRate },
  "regular-sums": separate("ordinary residuals, two sums to the head", "ordinarySums"),
  "reversible-mean": separate("reversible, the mean of its streams to the head", "reversibleMean"),
};

/**
 * Small enough that full attention is affordable on two cores. Tables of positions learn slowly, and all variants alike stay with the
 * last letter until they have; rotation has nothing to learn.
 */
const small = {
  dModel: 128,
  dFF: 256,
  numHeads: 2,
  dHead: 64,
  chunkLength: 32,
  positions: "rotary",
  embeddingRange: 0.5,
} as const;

export const comparisons: Record<string, Comparison> = {
  text: {
    length: 512,
    batch: 2,
    steps: 480,
    learningRate: 4e-3,
    seeds: [1, 2, 3],
    model: small,
    open: openText,
    variants: { ...between, ...variants(512) },
  },
  images: {
    length: 768,
    batch: 1,
    steps: 240,
    learningRate: 4e-3,
    seeds: [1],
    model: small,
    open: (_, from) => openEmoji(16, from),
    variants: variants(768),
  },
};
