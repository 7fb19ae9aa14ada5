/**
 * What a run is, as data: which model, which text, how it is trained. One schema gives types, defaults, help, flags
 * and refusals. What depends on the machine (backend, folders) is no part of it, so a config means the same everywhere.
 */
import * as z from "zod";
import { type ModelConfig, modelSchema } from "../architecture/model-config";
import { memoryForm } from "../memory-budget";

const count = z.int().min(1);
const every = z.union([z.literal("auto"), z.int().min(0)]);

export const dataSchema = z.strictObject({
  task: z
    .enum(["text", "images", "music", "genome", "tokens", "duplication", "translation"])
    .default("text")
    .describe(
      "what is learned: text; images, each one sequence of bytes; music in four voices; a genome, base by base; tokens of anything in an .npy file; the paper's duplication task, which makes its own data; or pairs of sentences for translation",
    ),
  corpus: z
    .string()
    .min(1)
    .default("novel")
    .describe(
      "where the data are. Text: a UTF-8 file (.gz too), a folder of them, one that `prepare` encoded, or novel, Crime and Punishment. Images: a folder of PNG and JPEG files, an .npy or IDX file, or emoji, those of the npm package emoji-datasource-google. Music: a MIDI file or a folder of them, chorales as JSON, or four pitches a line. Genome: a FASTA file. Tokens: an .npy file. Pairs: two files of as many lines with a comma between their names, or one of source, tab, target. Or a name from `reformer prepare`",
    ),
  split: z
    .enum(["tail", "standard"])
    .default("tail")
    .describe(
      "what of one sequence is held out: tail, the share heldOut at its end; standard, the last ten hundredths, half to validate and half to test, as figures on enwik8 are published",
    ),
  part: z
    .enum(["validation", "test"])
    .default("validation")
    .describe(
      "which held-out part is measured on, where there are two: with split standard, and in chorales",
    ),
  heldOut: z
    .number()
    .gt(0)
    .lt(1)
    .default(0.05)
    .describe(
      "share of the corpus that is measured on and never trained on: the end of a text, images from everywhere, the last pairs",
    ),
  heldOutCorpus: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe("measured on instead of that share: another file or folder of the same kind"),
  tokenizer: z
    .string()
    .min(1)
    .default("bytes")
    .describe(
      "what turns text into tokens: bytes; reserved-bytes, the authors' bytes with two tokens below for padding and end; characters, those of the corpus; a tokenizer.json or a SentencePiece .model; or a number, of subwords that are learnt from what is trained on. Weights that there are already keep their own",
    ),
  imageSize: count.max(1024).default(64).describe("height and width to which images are brought"),
  imageChannels: z
    .union([z.literal(1), z.literal(3)])
    .default(3)
    .describe("3: red, green, blue; 1: grey"),
  numSymbols: count.max(65_535).default(127).describe("different symbols of the duplication task"),
});

export const trainingSchema = z.strictObject({
  seed: z.int().min(0).max(0xffffffff).default(1).describe("where everything random comes from"),
  steps: count.nullable().default(null).describe("updates to make; null: as many as fit into minutes"),
  minutes: z
    .number()
    .positive()
    .nullable()
    .default(null)
    .describe(
      "time for the whole run; steps are fixed once the first ones were timed, so the schedule still ends",
    ),
  batch: count.default(1).describe("windows in a step"),
  accumulate: count
    .default(1)
    .describe(
      "batches whose gradients are summed before the weights move: as a batch that many times larger, in the memory of one",
    ),
  length: count.default(1024).describe("tokens in a window"),
  learningRate: z.number().positive().default(1e-3).describe("the highest learning rate of the schedule"),
  schedule: z
    .enum(["constant", "cosine", "rsqrt"])
    .default("cosine")
    .describe("how the learning rate falls after warm-up"),
  warmup: z.int().min(0).default(50).describe("steps in which the learning rate rises from 0"),
  optimizer: z
    .enum(["adam", "adamw", "adafactor"])
    .default("adam")
    .describe(
      "how gradients become updates; Adafactor keeps rows and columns instead of moments, and its steps are relative to the size of the weights",
    ),
  beta1: z
    .number()
    .min(0)
    .lt(1)
    .nullable()
    .default(null)
    .describe("decay of the mean of gradients; null: 0.9, for Adafactor 0, which keeps none"),
  beta2: z.number().min(0).lt(1).default(0.98).describe("decay of Adam's mean of squared gradients"),
  epsilon: z.number().positive().default(1e-9).describe("keeps Adam's division finite"),
  weightDecay: z
    .number()
    .min(0)
    .lt(1)
    .nullable()
    .default(null)
    .describe(
      "share of the weights that a step takes away, with adamw times the learning rate and not of norms and biases; null: 0.01 with adamw, 0.00001 with adafactor, as Trax, and nothing with adam",
    ),
  clipNorm: z.number().positive().nullable().default(null).describe("longest gradient; null: any"),
  memory: z
    .string()
    .regex(memoryForm)
    .default("auto")
    .describe(
      "memory for the processes of this machine together, such as 8GB: layers whose activations fit are kept, the rest recomputed; min: recompute all; auto: 8GB or 60% of what is free",
    ),
  logEvery: count.default(10).describe("steps between lines where there is no progress bar"),
  evaluateEvery: every
    .default("auto")
    .describe("steps between held-out evaluations; 0: at the end alone; auto: a tenth of the run"),
  evaluateTokens: count
    .default(16384)
    .describe("held-out tokens measured while training; the evaluation at the end takes all of them"),
  evaluateStride: count
    .nullable()
    .default(null)
    .describe(
      "held-out tokens that each window adds: below length, windows overlap and tokens see more; null: length",
    ),
  sampleEvery: every.default("auto").describe("steps between samples; 0: none; auto: a quarter of the run"),
  sampleTokens: count.default(120).describe("tokens in such a sample"),
  checkpointEvery: every
    .default("auto")
    .describe("steps between checkpoints; 0: at the end alone; auto: a tenth of the run"),
  keep: count.default(2).describe("newest checkpoints to keep; the best one is kept beside them"),
});

/** The sections of a config file. Keys are unique over all of them, so each can be a flag of its own. */
export const sections = { model: modelSchema, data: dataSchema, training: trainingSchema } as const;
export type SectionName = keyof typeof sections;
export const sectionNames = Object.keys(sections) as SectionName[];

/** A complete, valid configuration of a run. */
export interface RunConfig {
  model: ModelConfig;
  data: z.output<typeof dataSchema>;
  training: z.output<typeof trainingSchema>;
}
