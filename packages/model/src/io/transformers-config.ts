/**
 * transformers' `config.json` and ours: the one place where its keys are known.
 *
 * A few keys beyond transformers' own are understood (`axial_pos_sum`, `position_embedding_type`, `attn_layers: "full"`),
 * so that what Trax trained, or we did, fits the same folder.
 */
import { InputError } from "@reformer-ts/internal-checks";
import { resolveNumBuckets } from "@reformer-ts/lsh";
import {
  resolveConfig,
  type Activation,
  type AttentionKind,
  type ReformerConfig,
  type ReformerOptions,
} from "../config";
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

/**
 * @param length of the sequences: transformers derives an automatic number of buckets from the first it sees
 * @param headBias whether the checkpoint has `lm_head.decoder.bias`, which transformers 5 ignores and 4 adds
 * @throws InputError when a key is missing or asks for what this package cannot do
 */
export function configFromTransformers(
  theirs: TransformersConfig,
  { length, headBias = false }: { length?: number; headBias?: boolean } = {},
  where = "config.json",
): ReformerConfig {
  if (theirs["model_type"] !== "reformer") {
    throw new InputError({
      field: `${where}.model_type`,
      given: JSON.stringify(theirs["model_type"]) ?? "missing",
      allowed: '"reformer"',
    });
  }
  const maxLength = theirs["max_position_embeddings"] as number;
  const chunkLength = theirs["lsh_attn_chunk_length"] as number;
  const chunks = {
    layers: theirs["attn_layers"] as AttentionKind[],
    chunkLength,
    localChunkLength: theirs["local_attn_chunk_length"] as number,
  };
  const padded = paddedLength(chunks, length ?? maxLength);
  const named = theirs["position_embedding_type"];
  const positions =
    (named === "fixed-base" ? "fixedBase" : named) ?? (theirs["axial_pos_embds"] ? "axial" : "learned");
  const options = {
    vocabSize: theirs["vocab_size"],
    dModel: theirs["hidden_size"],
    dFF: theirs["feed_forward_size"],
    numHeads: theirs["num_attention_heads"],
    dHead: theirs["attention_head_size"],
    layers: theirs["attn_layers"],
    maxLength,
    positions,
    ...(positions === "axial"
      ? {
          axialShape: theirs["axial_pos_shape"],
          axialDims: theirs["axial_pos_embds_dim"],
          axialCombine: theirs["axial_pos_sum"] ? "sum" : "concat",
        }
      : {}),
    chunkLength,
    chunksBefore: theirs["lsh_num_chunks_before"],
    chunksAfter: theirs["lsh_num_chunks_after"],
    localChunkLength: theirs["local_attn_chunk_length"],
    localChunksBefore: theirs["local_num_chunks_before"],
    localChunksAfter: theirs["local_num_chunks_after"],
    numHashes: theirs["num_hashes"],
    numBuckets: theirs["num_buckets"] ?? automaticBuckets(theirs, chunkLength, maxLength, padded),
    causal: theirs["is_decoder"],
    activation: activationFrom(theirs["hidden_act"], where),
    hiddenDropout: theirs["hidden_dropout_prob"],
    lshDropout: theirs["lsh_attention_probs_dropout_prob"],
    localDropout: theirs["local_attention_probs_dropout_prob"],
    layerNormEpsilon: theirs["layer_norm_eps"],
    ...(theirs["initializer_range"] === undefined ? {} : { initializerRange: theirs["initializer_range"] }),
    ...headFrom(theirs),
    headBias,
    localSharedQueryKey: theirs["local_attn_share_qk"] ?? false,
    localBias: theirs["local_attn_bias"] ?? false,
    torchHashSeed: theirs["hash_seed"] ?? null,
    ...(positions === "fixedBase"
      ? { fixedBases: theirs["fixed_bases"], fixedBaseDigits: theirs["fixed_base_digits"] }
      : {}),
  };
  return resolveConfig(options as ReformerOptions, where);
}

const architectures: Record<string, ReformerConfig["head"]> = {
  ReformerForSequenceClassification: "class",
  ReformerForQuestionAnswering: "span",
};

function headFrom(theirs: TransformersConfig) {
  const [architecture = ""] = (theirs["architectures"] ?? []) as string[];
  const head = Object.hasOwn(architectures, architecture) ? architectures[architecture]! : "tokens";
  const labels = Object.keys((theirs["id2label"] ?? {}) as object).length;
  return { head, ...(head === "class" ? { numClasses: labels || 2 } : {}) };
}

/** Each library has a rule of its own; Trax' is asked for by `num_buckets_rule`. */
function automaticBuckets(
  theirs: TransformersConfig,
  chunkLength: number,
  maxLength: number,
  length: number,
) {
  if (theirs["num_buckets_rule"] !== "trax") {
    return resolveNumBuckets("auto", { length: Math.max(length, chunkLength), chunkLength, maxLength });
  }
  const count = 2 * Math.max(1, Math.floor(length / chunkLength));
  if (count <= 128) return count;
  const first = 2 ** Math.ceil(Math.log2(Math.sqrt(count)));
  return [first, 2 * Math.floor(count / (2 * first))];
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
  return {
    model_type: "reformer",
    architectures: [architectureOf(config)],
    vocab_size: config.vocabSize,
    hidden_size: config.dModel,
    feed_forward_size: config.dFF,
    num_attention_heads: config.numHeads,
    attention_head_size: config.dHead,
    attn_layers: config.layers,
    num_hidden_layers: config.layers.length,
    max_position_embeddings: config.maxLength,
    axial_pos_embds: config.positions === "axial",
    axial_pos_shape: config.axialShape ?? [],
    axial_pos_embds_dim: config.axialDims ?? [],
    ...(config.axialCombine === "sum" ? { axial_pos_sum: true } : {}),
    position_embedding_type: config.positions === "fixedBase" ? "fixed-base" : config.positions,
    ...(config.positions === "fixedBase"
      ? { fixed_bases: config.fixedBases, fixed_base_digits: config.fixedBaseDigits }
      : {}),
    ...(config.localSharedQueryKey ? { local_attn_share_qk: true } : {}),
    ...(config.localBias ? { local_attn_bias: true } : {}),
    hash_seed: config.torchHashSeed,
    lsh_attn_chunk_length: config.chunkLength,
    lsh_num_chunks_before: config.chunksBefore,
    lsh_num_chunks_after: config.chunksAfter,
    local_attn_chunk_length: config.localChunkLength,
    local_num_chunks_before: config.localChunksBefore,
    local_num_chunks_after: config.localChunksAfter,
    num_hashes: config.numHashes,
    num_buckets: config.numBuckets,
    is_decoder: config.causal,
    hidden_act: config.activation,
    hidden_dropout_prob: config.hiddenDropout,
    lsh_attention_probs_dropout_prob: config.lshDropout,
    local_attention_probs_dropout_prob: config.localDropout,
    layer_norm_eps: config.layerNormEpsilon,
    initializer_range: config.initializerRange,
    tie_word_embeddings: false,
  };
}
