import { integer, seedField, type StateOf } from "../../state/fields";

/** The longest window, as a power of two: twice as many tokens as the page's own book has. */
export const longestWindow = 21;

/** What a token takes while it is read by the page's own model: vectors on the host, and in WebAssembly. `check:book` measures it. */
export const readingBytes = 5_900;

export const fields = {
  /** Where in the book reading ends, in thousandths. The last tenth was not trained on. */
  place: integer(985, { min: 5, max: 1000, step: 5 }),
  /** Length of the window, as a power of two. */
  window: integer(12, { min: 9, max: longestWindow }),
  /** In tenths. */
  temperature: integer(7, { min: 0, max: 15 }),
  /** 0: all. */
  topK: integer(0, { min: 0, max: 100, step: 5 }),
  /** In hundredths. */
  topP: integer(95, { min: 50, max: 100, step: 5 }),
  maxTokens: integer(400, { min: 100, max: 2000, step: 100 }),
  seed: seedField,
  /** The passage that is opened, by its first token in the window counted from 1; 0 when none is. */
  passage: integer(0, { min: 0, max: 2 ** longestWindow }),
};

export type Settings = StateOf<typeof fields>;

export interface Window {
  /** In bytes of the book. */
  start: number;
  end: number;
}

/** @param reach positions that the model has; room for the continuation is left, of few positions half */
export function windowOf({ place, window, maxTokens }: Settings, bookBytes: number, reach: number): Window {
  const end = Math.max(1, Math.round((place / 1000) * bookBytes));
  const room = Math.min(maxTokens, Math.floor(reach / 2));
  return { start: Math.max(0, end - Math.min(2 ** window, reach - room)), end };
}

/** How many tokens are written after `given` of them: as many as were asked for, or as the model has positions left. */
export function tokensToWrite({ maxTokens }: Settings, given: number, reach: number): number {
  return Math.min(maxTokens, reach - given);
}
