import { integer, seedField, type StateOf } from "../../state/fields";
import { side } from "./pixels";

export const mostSamples = 6;

export const fields = {
  /** Of the pictures that come with the page. */
  picture: integer(0, { min: 0, max: 10 }),
  hiddenRows: integer(side / 2, { min: 2, max: side - 2 }),
  samples: integer(4, { min: 1, max: mostSamples }),
  /** In tenths. */
  temperature: integer(8, { min: 0, max: 15 }),
  /** In hundredths. */
  topP: integer(96, { min: 50, max: 100, step: 2 }),
  seed: seedField,
};

export type Settings = StateOf<typeof fields>;
