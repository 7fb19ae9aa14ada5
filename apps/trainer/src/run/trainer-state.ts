/** What a checkpoint knows besides weights: how far training has come, on what, and whether its files are whole. */
import { InputError } from "@reformer-ts/internal-checks";
import { parse } from "@reformer-ts/model";
import { createHash } from "node:crypto";
import * as z from "zod";
import { dataSchema, trainingSchema } from "../config/schema";

/** Raised when an older reader would misunderstand what is written. */
const formatVersion = 1;

const whole = z.int().min(0);

const stateSchema = z.strictObject({
  formatVersion: z.literal(formatVersion),
  step: whole.describe("updates made"),
  tokens: whole.describe("tokens trained on"),
  seconds: z.number().min(0).describe("time spent in training, all sessions together"),
  dataPosition: z.strictObject({ examples: whole }),
  heldOut: z.number().nullable().describe("bits per unit measured at this step"),
  plan: z
    .strictObject({ keepLayers: whole, headByHead: z.boolean() })
    .nullable()
    .default(null)
    .describe("what of a step was kept in memory: another choice rounds otherwise"),
  backend: z.string(),
  ranks: z.int().min(1).default(1).describe("processes that shared each step"),
  corpus: z.strictObject({ bytes: whole, sha256: z.string() }),
  tokenizer: z.strictObject({
    type: z.enum(["bytes", "reserved", "characters", "subword", "genome", "music", "numbers", "none"]),
  }),
  data: dataSchema,
  training: trainingSchema,
  files: z.record(z.string(), z.strictObject({ bytes: whole, sha256: z.string() })),
});

export type TrainerState = z.output<typeof stateSchema>;
/** What training knows; the rest is filled in when it is written. */
export type TrainingProgress = Omit<TrainerState, "formatVersion" | "files">;

/** The text of `trainer.json` for these other files of the same folder. */
export function writeState(progress: TrainingProgress, files: Record<string, Uint8Array>): string {
  const marks = Object.entries(files).map(([name, bytes]) => [
    name,
    { bytes: bytes.length, sha256: sha256(bytes) },
  ]);
  const state: TrainerState = { formatVersion, ...progress, files: Object.fromEntries(marks) };
  return `${JSON.stringify(state, null, 2)}\n`;
}

/**
 * @param where the file's path
 * @throws InputError when it is no state of a trainer, or of one that is newer than this
 */
export function readState(text: string, where: string): TrainerState {
  const value = parseJson(text, where) as { formatVersion?: unknown } | null;
  if (
    typeof value === "object" &&
    typeof value?.formatVersion === "number" &&
    value.formatVersion > formatVersion
  ) {
    throw new InputError({
      field: `${where}: formatVersion`,
      given: `${value.formatVersion}, of a newer reformer`,
      allowed: `at most ${formatVersion}: bring this one up to date`,
    });
  }
  return parse(stateSchema, value, where);
}

/** @throws InputError when a file is not as it was written */
export function checkWhole({ files }: TrainerState, name: string, bytes: Uint8Array, where: string): void {
  const mark = files[name];
  if (mark === undefined) return;
  if (bytes.length !== mark.bytes) {
    throw new InputError({
      field: where,
      given: `${bytes.length} bytes long`,
      allowed: `${mark.bytes} bytes long, as it was written: it is cut short or of another checkpoint`,
    });
  }
  if (sha256(bytes) !== mark.sha256) {
    throw new InputError({
      field: where,
      given: "damaged (its sha256 has changed)",
      allowed: "as it was written; an older checkpoint of the run may be whole",
    });
  }
}

/** @throws InputError when the text is not JSON */
export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InputError(
      { field: where, given: text.trim() === "" ? "empty" : "not JSON", allowed: "a complete JSON file" },
      { cause: error },
    );
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
