/**
 * What a Reformer is, as data: one schema gives the type, the defaults, the help texts and the refusals.
 *
 * Names are the paper's. Everything that the forward pass depends on stands here and nothing of how it is trained,
 * so a checkpoint's `config.json` is exactly this object.
 */
import * as z from "zod";

const count = z.int().min(1);
const share = z.number().min(0).lt(1);

/** What a layer may attend by. */
export const attentionKinds = ["lsh", "local", "full"] as const;
export type AttentionKind = (typeof attentionKinds)[number];

const plainActivations = ["relu", "gelu", "gelu_new", "silu", "tanh", "sigmoid", "leaky_relu"] as const;
export type PlainActivation = (typeof plainActivations)[number];
/** The GLU family, and what each member's gate passes through (Shazeer 2020, arXiv 2002.05202). */
export const gates = { glu: "sigmoid", reglu: "relu", geglu: "gelu", swiglu: "silu" } as const;
export type GatedActivation = keyof typeof gates;
/** Non-linearities of the feed-forward layers, the gated ones last. */
export const activations = [...plainActivations, ...(Object.keys(gates) as GatedActivation[])] as const;
export type Activation = (typeof activations)[number];

/** Every key of a Reformer: what it is, its default, what is allowed. */
export const reformerSchema = z.strictObject({
  vocabSize: count.default(256).describe("number of distinct tokens; 256 for bytes"),
  dModel: count.default(256).describe("width of each of the two streams"),
  dFF: count.default(512).describe("width of the feed-forward layers"),
  numHeads: count.default(2).describe("attention heads"),
  dHead: count.default(64).describe("depth of a head"),
  layers: z
    .array(z.enum(attentionKinds))
    .min(1)
    .default(["local", "lsh", "local", "lsh", "local", "lsh"])
    .describe("kind of attention of every layer, from the input up"),
  maxLength: count.default(4096).describe("longest sequence, in tokens: the size of the position table"),
  positions: z
    .enum(["axial", "learned", "sinusoidal", "fixedBase", "rotary", "none"])
    .default("axial")
    .describe("how a token learns where it stands"),
  axialShape: z
    .array(count)
    .min(2)
    .nullable()
    .default(null)
    .describe("axes of the position grid, their product is maxLength; null: as square as possible"),
  axialDims: z
    .array(count)
    .min(2)
    .nullable()
    .default(null)
    .describe("width that each axis contributes, their sum is dModel; null: a quarter and three quarters"),
  axialCombine: z
    .enum(["concat", "sum"])
    .default("concat")
    .describe("how the axes make a position: side by side, or added up, each of width dModel"),
  fixedBases: z
    .array(z.int().min(2))
    .min(1)
    .default([11, 13, 14, 15])
    .describe("bases of fixed-base positions"),
  fixedBaseDigits: count.default(8).describe("digits of fixed-base positions; must divide dModel"),
  chunkLength: count.default(64).describe("tokens in a chunk of LSH attention"),
  chunksBefore: z.int().min(0).default(1).describe("earlier chunks that a chunk attends to"),
  chunksAfter: z.int().min(0).default(0).describe("later chunks that a chunk attends to"),
  localChunkLength: count
    .nullable()
    .default(null)
    .describe("tokens in a chunk of local attention; null: chunkLength"),
  localChunksBefore: z
    .int()
    .min(0)
    .nullable()
    .default(null)
    .describe("the same for local; null: chunksBefore"),
  localChunksAfter: z.int().min(0).nullable().default(null).describe("the same for local; null: chunksAfter"),
  localSharedQueryKey: z
    .boolean()
    .default(false)
    .describe("whether local layers share queries and keys, as LSH layers do"),
  localBias: z.boolean().default(false).describe("whether the projections of local layers have biases"),
  numHashes: count.default(1).describe("hash rounds of LSH attention"),
  numBuckets: z
    .union([z.literal("auto"), count, z.array(count).min(1)])
    .default("auto")
    .describe("hash buckets: an even number, several even factors, or auto: about 2 maxLength / chunkLength"),
  routing: z
    .enum(["classic", "strict"])
    .default("classic")
    .describe(
      "classic: the references' chunks of the sorted sequence; strict: chunks aligned to buckets, so no token's attention depends on later ones",
    ),
  causal: z.boolean().default(true).describe("whether a token sees earlier tokens alone"),
  duplicateCorrection: z
    .boolean()
    .default(false)
    .describe("whether a key that several hash rounds show to a query counts once (equation 16)"),
  acrossBuckets: z
    .boolean()
    .default(true)
    .describe("whether LSH attention also sees keys of other buckets that share its chunks"),
  ring: z
    .boolean()
    .default(true)
    .describe("whether the first chunk's neighbour is the last one, and those of other hash rounds"),
  fullAttentionThreshold: z
    .int()
    .min(0)
    .default(0)
    .describe("LSH layers attend in full to sequences of up to this many tokens"),
  numMemoryKeys: z
    .int()
    .min(0)
    .default(0)
    .describe("learned keys and values per head that every token of every layer sees besides the sequence"),
  activation: z
    .enum(activations)
    .default("relu")
    .describe("non-linearity of the feed-forward layers; the GLU family expands to twice dFF"),
  hiddenDropout: share.default(0).describe("dropout after embedding, attention and feed-forward layers"),
  lshDropout: share.default(0).describe("dropout on LSH attention's probabilities"),
  localDropout: share.default(0).describe("dropout on local and full attention's probabilities"),
  embeddingDims: count
    .nullable()
    .default(null)
    .describe("width of the token table, projected to dModel (factored embedding); null: dModel itself"),
  tieEmbeddings: z
    .boolean()
    .default(false)
    .describe("whether tokens are predicted by the token table: the mean of the streams against its rows"),
  tieLayers: z
    .boolean()
    .default(false)
    .describe("whether layers of a kind share their weights, all but their layer norms"),
  layerNormEpsilon: z.number().positive().default(1e-12).describe("added to the variance in layer norm"),
  initializerRange: z
    .number()
    .positive()
    .nullable()
    .default(null)
    .describe("standard deviation of fresh weights; null: sqrt(2 / (inputs + outputs)) of each (Glorot)"),
  embeddingRange: z
    .number()
    .positive()
    .default(1)
    .describe("standard deviation of fresh token and position tables"),
  head: z
    .enum(["tokens", "class", "span"])
    .default("tokens")
    .describe("what is answered: tokens; a class for the sequence; where a span starts and ends"),
  numClasses: count.default(2).describe("classes that a class head tells apart"),
  headBias: z.boolean().default(false).describe("whether the output projection has a bias"),
  torchHashSeed: z
    .int()
    .min(0)
    .nullable()
    .default(null)
    .describe(
      "transformers' hash_seed: all LSH layers use the rotations that torch draws from it, in training too",
    ),
  hashSeed: z.int().min(0).default(0).describe("seed of the rotations outside training"),
});

/**
 * A complete, valid configuration: buckets are numbers, the local chunks are set, and so are `axialShape` and
 * `axialDims` when positions are axial.
 */
export type ReformerConfig = z.output<typeof reformerSchema>;
/** What a user writes: any subset. */
export type ReformerOptions = z.input<typeof reformerSchema>;
