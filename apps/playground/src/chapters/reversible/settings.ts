import { integer, seedField, type StateOf } from "../../state/fields";

export const fields = {
  layers: integer(5, { min: 2, max: 8 }),
  seed: seedField,
  /** How far the walk has come: up through the layers, then down again. */
  step: integer(16, { min: 0, max: 16 }),
};

export type Settings = StateOf<typeof fields>;

export function settle(settings: Settings): Settings {
  return { ...settings, step: Math.min(settings.step, 2 * settings.layers) };
}

export const sizes = { length: 128, dModel: 32 };
export const memorySizes = { length: 256, dModel: 64 };
export const depths = [1, 2, 4, 6, 8, 12, 16, 24];
