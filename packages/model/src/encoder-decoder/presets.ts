/**
 * The paper's machine translation models (§5, Table 4: WMT14 English to German, 27.6 BLEU after 100,000 steps and 28.0
 * after 500,000 for the base model, 29.1 for the big one), as the authors' configurations in Trax have them: full
 * attention, because sentences are short, reversible on both sides. Trax drops feed-forward activations by a rate of
 * their own, 0.1 in both models; here it is hiddenDropout, as everywhere in a stack.
 */
import type { AdamOptions } from "../optim/adam";
import type { Schedule } from "../optim/schedule";
import type { EncoderDecoderOptions } from "./config";

export interface TranslationPreset {
  model: EncoderDecoderOptions;
  training: {
    /** Pairs in a batch, on one device. */
    batch: number;
    /** Longest sentence trained on, in tokens. */
    length: number;
    schedule: Schedule;
    optimizer: AdamOptions;
  };
}

const layers: EncoderDecoderOptions["encoderLayers"] = ["full", "full", "full", "full", "full", "full"];

const base: EncoderDecoderOptions = {
  vocabSize: 33_300,
  dModel: 512,
  dFF: 2048,
  numHeads: 8,
  dHead: 64,
  encoderLayers: layers,
  decoderLayers: layers,
  positions: "learned",
  maxLength: 2048,
  activation: "relu",
  hiddenDropout: 0.1,
  localDropout: 0.1,
};

const training = (constant: number, total: number): TranslationPreset["training"] => ({
  batch: 256,
  length: 256,
  schedule: { kind: "rsqrt", peak: constant / Math.sqrt(8000), warmup: 8000, total },
  optimizer: { beta1: 0.9, beta2: 0.98, epsilon: 1e-9, weightDecay: 1e-5 },
});

/** The paper's two models for translation, with how they were trained. */
export const translationPresets: Record<"wmt-ende" | "wmt-ende-big", TranslationPreset> = {
  "wmt-ende": { model: base, training: /* @__PURE__ */ training(0.088, 500_000) },
  "wmt-ende-big": {
    model: { ...base, dModel: 1024, dFF: 4096, numHeads: 16, hiddenDropout: 0.3, localDropout: 0.3 },
    training: /* @__PURE__ */ training(0.0625, 300_000),
  },
};
