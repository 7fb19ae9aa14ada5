/**
 * transformers' `config.json` and ours: the one place where its keys are known.
 *
 * A few keys beyond transformers' own are understood (`axial_pos_sum`, `position_embedding_type`, `attn_layers: "full"`),
 * so that what Trax trained, or we did, fits the same folder.
 */
import { InputError, isInputError } from "@reformer-ts/internal-checks";
import { resolveNumBuckets } from "@reformer-ts/lsh";
import { resolveConfig, type Activation, type ReformerConfig, type ReformerOptions } from "../config";
import { paddedLength } from "../pass";

/** What a `config.json` holds, unchecked. */
export type TransformersConfig = Record<string, unknown>;

const activationNames: Record<string, Activation> = {
  relu: "relu",
  gelu: "gelu",
  gelu_new: "gelu_new",
  gelu_fast: "gelu_new",
  gelu_pytorch_tanh: "gelu_new",
  silu: "silu",
  swish: "silu",
  tanh: "tanh",
  sigmoid: "sigmoid",
  leaky_relu: "leaky_relu",
};

/** Keys whose values mean the same, under our name and theirs. */
const keys = {
  vocabSize: "vocab_size",
  dModel: "hidden_size",
  dFF: "feed_forward_size",
  numHeads: "num_attention_heads",
  dHead: "attention_head_size",
  layers: "attn_layers",
  maxLength: "max_position_embeddings",
  chunkLength: "lsh_attn_chunk_length",
  chunksBefore: "lsh_num_chunks_before",
  chunksAfter: "lsh_num_chunks_after",
  localChunkLength: "local_attn_chunk_length",
  localChunksBefore: "local_num_chunks_before",
  localChunksAfter: "local_num_chunks_after",
  numHashes: "num_hashes",
  numBuckets: "num_buckets",
  causal: "is_decoder",
  hiddenDropout: "hidden_dropout_prob",
  lshDropout: "lsh_attention_probs_dropout_prob",
  localDropout: "local_attention_probs_dropout_prob",
  layerNormEpsilon: "layer_norm_eps",
  initializerRange: "initializer_range",
  torchHashSeed: "hash_seed",
} as const satisfies Partial<Record<keyof ReformerConfig, string>>;

/** What transformers takes where a `config.json` is silent. */
const theirDefaults: TransformersConfig = {
  vocab_size: 320,
  hidden_size: 256,
  feed_forward_size: 512,
  num_attention_heads: 12,
  attention_head_size: 64,
  attn_layers: ["local", "lsh", "local", "lsh", "local", "lsh"],
  max_position_embeddings: 4096,
  axial_pos_embds: true,
  axial_pos_shape: [64, 64],
  axial_pos_embds_dim: [64, 192],
  lsh_attn_chunk_length: 64,
  lsh_num_chunks_before: 1,
  lsh_num_chunks_after: 0,
  local_attn_chunk_length: 64,
  local_num_chunks_before: 1,
  local_num_chunks_after: 0,
  num_hashes: 1,
  num_buckets: null,
  is_decoder: false,
  hidden_act: "relu",
  hidden_dropout_prob: 0.05,
  lsh_attention_probs_dropout_prob: 0,
  local_attention_probs_dropout_prob: 0.05,
  layer_norm_eps: 1e-12,
  initializer_range: 0.02,
  hash_seed: null,
};

/**
 * transformers' `config.json` as a configuration of ours.
 *
 * @param length of the sequences: transformers derives an automatic number of buckets from the first it sees
 * @param headBias whether the checkpoint has `lm_head.decoder.bias`, which transformers 5 ignores and 4 adds
 * @throws InputError when a key asks for what this package cannot do
 */
export function configFromTransformers(
  file: TransformersConfig,
  { length, headBias = false }: { length?: number; headBias?: boolean } = {},
  where = "config.json",
): ReformerConfig {
  if (file["model_type"] !== "reformer") {
    throw new InputError({
      field: `${where}.model_type`,
      given: JSON.stringify(file["model_type"]) ?? "missing",
      allowed: '"reformer"',
    });
  }
  const theirs = { ...theirDefaults, ...file };
  const same = Object.entries(keys).map(([ours, their]) => [ours, theirs[their]]);
  const options = {
    ...Object.fromEntries(same),
    ...positionsFrom(theirs),
    activation: activationFrom(theirs["hidden_act"], where),
    ...headFrom(theirs),
    headBias,
    localSharedQueryKey: theirs["local_attn_share_qk"] ?? false,
    localBias: theirs["local_attn_bias"] ?? false,
    routing: theirs["lsh_attn_routing"] ?? "classic",
    numBuckets: theirs["num_buckets"] ?? "auto",
  } as ReformerOptions;
  try {
    const config = resolveConfig(options, where);
    if (theirs["num_buckets"] !== null) return config;
    return resolveConfig({ ...options, numBuckets: automaticBuckets(theirs, config, length) }, where);
  } catch (error) {
    throw isInputError(error) ? inTheirWords(error, where) : error;
  }
}

/** The same error, about the key that the file has. */
function inTheirWords(error: InputError, where: string): InputError {
  const [key = "", ...rest] = error.field.slice(where.length + 1).split(".");
  const field = [where, (keys as Record<string, string>)[key] ?? key, ...rest].join(".");
  return new InputError({ field, given: error.given, allowed: error.allowed }, { cause: error });
}

function positionsFrom(theirs: TransformersConfig) {
  const named = theirs["position_embedding_type"];
  const positions =
    (named === "fixed-base" ? "fixedBase" : named) ?? (theirs["axial_pos_embds"] ? "axial" : "learned");
  switch (positions) {
    case "axial":
      return {
        positions,
        axialShape: theirs["axial_pos_shape"],
        axialDims: theirs["axial_pos_embds_dim"],
        axialCombine: theirs["axial_pos_sum"] ? "sum" : "concat",
      };
    case "fixedBase":
      return { positions, fixedBases: theirs["fixed_bases"], fixedBaseDigits: theirs["fixed_base_digits"] };
    default:
      return { positions };
  }
}

const architectures: Record<string, ReformerConfig["head"]> = {
  ReformerForSequenceClassification: "class",
  ReformerForQuestionAnswering: "span",
};

function headFrom(theirs: TransformersConfig) {
  const [architecture = ""] = [theirs["architectures"]].flat() as string[];
  const head = Object.hasOwn(architectures, architecture) ? architectures[architecture]! : "tokens";
  const labels = Object.keys((theirs["id2label"] ?? {}) as object).length;
  return { head, ...(head === "class" ? { numClasses: labels || 2 } : {}) };
}

/** Each library has a rule of its own; Trax' is asked for by `num_buckets_rule`. */
function automaticBuckets(theirs: TransformersConfig, config: ReformerConfig, length = config.maxLength) {
  const { chunkLength, maxLength } = config;
  const padded = paddedLength(config, length);
  if (theirs["num_buckets_rule"] !== "trax") {
    const factors = resolveNumBuckets("auto", {
      length: Math.max(padded, chunkLength),
      chunkLength,
      maxLength,
    });
    return [...factors];
  }
  const count = 2 * Math.max(1, Math.floor(padded / chunkLength));
  if (count <= 128) return count;
  const first = 2 ** Math.ceil(Math.log2(Math.sqrt(count)));
  return [first, 2 * Math.floor(count / (2 * first))];
}

export function isKnownThere(activation: Activation): boolean {
  return Object.values(activationNames).includes(activation);
}

function activationFrom(name: unknown, where: string): Activation {
  const found =
    typeof name === "string" && Object.hasOwn(activationNames, name) ? activationNames[name] : undefined;
  if (found !== undefined) return found;
  throw new InputError({
    field: `${where}.hidden_act`,
    given: JSON.stringify(name) ?? "missing",
    allowed: `one of ${Object.keys(activationNames).join(", ")}`,
  });
}

function architectureOf({ head, causal }: ReformerConfig): string {
  if (head === "tokens") return causal ? "ReformerModelWithLMHead" : "ReformerForMaskedLM";
  return head === "class" ? "ReformerForSequenceClassification" : "ReformerForQuestionAnswering";
}

/** Our configuration as transformers' `config.json`, which `ReformerModelWithLMHead.from_pretrained` reads. */
export function configToTransformers(config: ReformerConfig): TransformersConfig {
  const { positions } = config;
  return {
    model_type: "reformer",
    architectures: [architectureOf(config)],
    ...Object.fromEntries(
      Object.entries(keys).map(([ours, their]) => [their, config[ours as keyof typeof keys]]),
    ),
    num_hidden_layers: config.layers.length,
    axial_pos_embds: positions === "axial",
    ...(positions === "axial"
      ? { axial_pos_shape: config.axialShape, axial_pos_embds_dim: config.axialDims }
      : {}),
    ...(config.axialCombine === "sum" ? { axial_pos_sum: true } : {}),
    position_embedding_type: positions === "fixedBase" ? "fixed-base" : positions,
    ...(positions === "fixedBase"
      ? { fixed_bases: config.fixedBases, fixed_base_digits: config.fixedBaseDigits }
      : {}),
    ...(config.localSharedQueryKey ? { local_attn_share_qk: true } : {}),
    ...(config.localBias ? { local_attn_bias: true } : {}),
    ...(config.routing === "classic" ? {} : { lsh_attn_routing: config.routing }),
    ...labelsOf(config),
    hidden_act: config.activation,
    // transformers knows no rule that follows the shapes; it needs a number to build a model at all.
    initializer_range: config.initializerRange ?? theirDefaults["initializer_range"],
    // Ours means no token; transformers would take 2 for the end of a text.
    eos_token_id: null,
    tie_word_embeddings: false,
  };
}

/** transformers counts classes by their names. */
function labelsOf({ head, numClasses }: ReformerConfig) {
  if (head !== "class") return {};
  const names = Array.from({ length: numClasses }, (_, i) => [i, `LABEL_${i}`] as const);
  return {
    id2label: Object.fromEntries(names),
    label2id: Object.fromEntries(names.map(([i, name]) => [name, i])),
  };
}
