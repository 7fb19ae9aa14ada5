import { choice, integer, seedField, type StateOf } from "../../state/fields";
import type { TrainSettings } from "../../worker/training/settings";

/** Tokens that show each task best. */
export const firstLength = { copy: 32, text: 64 } as const;

export const fields = {
  task: choice("copy", ["copy", "text"]),
  /** In chunks of 8. */
  length: integer(firstLength.copy, { min: 16, max: 256, step: 16 }),
  dModel: integer(64, { min: 32, max: 128, step: 32 }),
  numHashes: integer(2, { min: 1, max: 4 }),
  /** In thousandths. */
  rate: integer(3, { min: 1, max: 10 }),
  seed: seedField,
};

export type Settings = StateOf<typeof fields>;

export function trainSettings({ rate, ...rest }: Settings): TrainSettings {
  return { ...rest, learningRate: rate / 1000 };
}
