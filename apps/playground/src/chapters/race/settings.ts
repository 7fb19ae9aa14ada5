import { integer, seedField } from "../../state/fields";

export const fields = {
  numHashes: integer(1, { min: 1, max: 8 }),
  chunkLength: integer(64, { min: 16, max: 128, step: 16 }),
  depth: integer(64, { min: 16, max: 128, step: 16 }),
  seed: seedField,
};

/** Powers of two, from where nothing is felt to where a browser is felt. */
export const lengths = Array.from({ length: 11 }, (_, i) => 2 ** (8 + i));
/** What a visitor may wait for one lap. */
export const patience = 2500;
