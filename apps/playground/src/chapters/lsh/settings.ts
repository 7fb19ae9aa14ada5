/** What a visitor can set in this chapter, and how settings that depend on each other are brought into agreement. */
import {
  choice,
  flag,
  initialState,
  integer,
  residues,
  seedField,
  type StateOf,
  text,
} from "../../state/fields";
import { spriteLetters } from "./sprite";
import { clusteredAngles } from "./vectors";

/** Rounds that the curve goes up to. */
export const maxHashes = 8;
export const maxLength = 96;
/** Below this many vectors there is nothing to sort and cut. */
export const minLength = 8;
export const numPoints = 40;

/** Spoken by Raskolnikov in chapter 1 of Crime and Punishment (Constance Garnett's translation). */
export const novelLine = "Taking a new step, uttering a new word is what they fear most....";

export const sources = ["text", "image", "circle"] as const;
export type Source = (typeof sources)[number];

export const fields = {
  source: choice("text", sources),
  text: text(novelLine, maxLength),
  /** Degrees. */
  points: residues(clusteredAngles(numPoints), 360, { min: minLength, max: numPoints }),
  numBuckets: integer(8, { min: 2, max: 16, step: 2 }),
  numHashes: integer(2, { min: 1, max: maxHashes }),
  chunkLength: integer(8, { min: 2, max: 32 }),
  chunksBefore: integer(1, { min: 0, max: 3 }),
  /** The length of every query. */
  sharpness: integer(6, { min: 1, max: 12 }),
  causal: flag(false),
  acrossBuckets: flag(true),
  duplicateCorrection: flag(false),
  seed: seedField,
  /** The round that is drawn, counted from 1. */
  round: integer(1, { min: 1, max: maxHashes }),
  /** The stage that the figure has reached. */
  stage: integer(4, { min: 1, max: 4 }),
  /** Positions counted from 1; 0 when none is picked. At first the w of the novel line's two "new". */
  query: integer(33, { min: 0, max: maxLength }),
  key: integer(12, { min: 0, max: maxLength }),
};

export type Settings = StateOf<typeof fields>;

/** Tokens or points of the sequence. */
export function sequenceLength({ source, text: line, points }: Settings): number {
  if (source === "image") return spriteLetters.length;
  return source === "text" ? [...line].length : points.length;
}

/** A round that is not hashed cannot be drawn, nor a position picked that is not there. */
export function settle(settings: Settings): Settings {
  const length = sequenceLength(settings);
  const query = settings.query > length ? 0 : settings.query;
  const key = query === 0 || settings.key > length ? 0 : settings.key;
  return { ...settings, round: Math.min(settings.round, settings.numHashes), query, key };
}

/** A kind of sequence with everything else as it is at first. */
export function firstOf(source: Source): Settings {
  return settle({ ...initialState(fields), source });
}

/** At most half the sequence: one chunk alone would be full attention. */
export function usedChunkLength(settings: Settings): number {
  return Math.max(1, Math.min(settings.chunkLength, Math.floor(sequenceLength(settings) / 2)));
}
