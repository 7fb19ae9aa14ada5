/**
 * Four-part music as a sequence: Bach's chorales in steps of a sixteenth (the JSB Chorales of Boulanger-Lewandowski et al., 2012).
 *
 * Each step is four tokens, the voices from high to low; a token is a MIDI pitch, 0 for silence. A held note is its
 * pitch again. Every piece begins with a token of its own, so pieces can lie end to end.
 */

import { InputError } from "@reformer-ts/internal-checks";

const numVoices = 4;
/** Tokens are 0 (silence), 1 … 127 (pitches) and 128 (a piece begins). */
export const musicVocabSize = 129;
const pieceBegins = 128;

/** Pitches of the four voices, silence being 0. */
export type Step = readonly [number, number, number, number];

export interface Chorales {
  train: Step[][];
  valid: Step[][];
  test: Step[][];
}

/**
 * The JSON files in which the data set is passed around: parts train, valid and test; each a list of pieces, each a list of
 * steps, each up to four pitches, where -1 stands for silence.
 * @throws InputError when it is anything else
 */
export function parseChorales(json: unknown, name: string): Chorales {
  const part = (key: "train" | "valid" | "test"): Step[][] => {
    const pieces = (Object(json) as Record<string, unknown>)[key];
    return listOf(pieces, `${name}, ${key}`).map((piece, p) =>
      listOf(piece, `${name}, ${key}[${p}]`).map((step, s) => parseStep(step, `${name}, ${key}[${p}][${s}]`)),
    );
  };
  return { train: part("train"), valid: part("valid"), test: part("test") };
}

/** Pieces end to end, as tokens. */
export function musicTokens(pieces: readonly (readonly Step[])[]): Uint8Array {
  return Uint8Array.from(pieces.flatMap((piece) => [pieceBegins, ...piece.flat()]));
}

/**
 * Tokens as pieces again; a last step that is not whole is left out, and so is what a model put where a voice should be.
 * @throws InputError for a token outside the vocabulary
 */
export function musicPieces(tokens: ArrayLike<number>): Step[][] {
  const pieces: number[][] = [];
  for (const token of Array.from(tokens)) {
    if (!Number.isInteger(token) || token < 0 || token > pieceBegins) {
      throw new InputError({ field: "token", given: String(token), allowed: `0 to ${pieceBegins}` });
    }
    if (token === pieceBegins || pieces.length === 0) pieces.push([]);
    if (token !== pieceBegins) pieces.at(-1)!.push(token);
  }
  return pieces.map((voices) =>
    Array.from(
      { length: Math.floor(voices.length / numVoices) },
      (_, s) => voices.slice(numVoices * s, numVoices * (s + 1)) as unknown as Step,
    ),
  );
}

function listOf(value: unknown, field: string): unknown[] {
  if (Array.isArray(value) && value.length > 0) return value;
  throw new InputError({ field, given: Array.isArray(value) ? "empty" : "not a list", allowed: "a list" });
}

/** @throws InputError unless it is up to four pitches, -1 being silence */
export function parseStep(value: unknown, field: string): Step {
  const pitches = Array.isArray(value) ? (value as unknown[]) : [undefined];
  const arePitches = pitches.every(
    (pitch) => Number.isInteger(pitch) && Number(pitch) >= -1 && Number(pitch) <= 127,
  );
  if (!arePitches || pitches.length > numVoices) {
    throw new InputError({
      field,
      given: JSON.stringify(value) ?? "absent",
      allowed: "up to four pitches, -1 to 127",
    });
  }
  const voices = pitches.map((pitch) => Math.max(0, pitch as number));
  return [voices[0] ?? 0, voices[1] ?? 0, voices[2] ?? 0, voices[3] ?? 0];
}
