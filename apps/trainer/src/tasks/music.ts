/** Music in four voices, a sixteenth a step: pieces laid end to end. A token is a note; what is written can be listened to. */
import {
  midiFile,
  musicPieces,
  musicTokenizer,
  musicTokens,
  parseChorales,
  parseMusic,
  type Split,
  type Step,
  tokensOf,
} from "@reformer-ts/data";
import { parseMidi } from "@reformer-ts/data/midi";
import { listFiles, readBytes, readText } from "@reformer-ts/data/node";
import type { RunConfig } from "../config/schema";
import { parseJson } from "../run/trainer-state";
import { corpusFiles } from "./corpus-files";
import { fingerprint } from "./fingerprint";
import { requireOnePart, splitSource } from "./held-out-part";
import type { Measured, Task } from "./task";
import { measuredWindows, windowTask } from "./windows";

/** @throws InputError when the file is missing or no music that is known, or is too short to hold something out */
export function openMusicTask(data: RunConfig["data"]): Task {
  const { path, heldOut: other } = corpusFiles(data, "music");
  const { train, heldOut } = splitMusic(path, other, data);
  return windowTask({
    train,
    heldOut,
    tokenizer: musicTokenizer(),
    unit: "token",
    unitsPerToken: 1,
    fingerprint: fingerprint(train),
    description: `${integer(train.length + heldOut.length)} notes in four voices, ${integer(heldOut.length)} of them held out`,
    sampleFile: (tokens) => ({ ending: "mid", bytes: midiOf(tokens) }),
    close: () => {},
  });
}

/** @throws InputError when the file is missing or no music that is known */
export function measuredMusic(path: string, { part }: RunConfig["data"]): Measured {
  const chorales = choralesIn(path);
  const source = musicSource(chorales === null ? piecesIn(path) : chorales[partOf(part)]);
  return measuredWindows({ source, unit: "token", unitsPerToken: 1, close: () => {} });
}

/** All pieces one after the other, as a Standard MIDI File. */
export function midiOf(tokens: readonly number[]): Uint8Array {
  return midiFile(musicPieces(tokens).flat());
}

/** Chorales come in parts of their own; of other music the end is held out. */
function splitMusic(path: string, other: string | null, data: RunConfig["data"]): Split {
  const chorales = choralesIn(path);
  if (other !== null) {
    requireOnePart(data);
    const train = chorales === null ? piecesIn(path) : chorales.train;
    return { train: musicSource(train), heldOut: musicSource(piecesIn(other)) };
  }
  if (chorales === null) return splitSource(musicSource(piecesIn(path)), data);
  return { train: musicSource(chorales.train), heldOut: musicSource(chorales[partOf(data.part)]) };
}

function choralesIn(path: string) {
  if (!/\.json(\.\w+)?$/i.test(path)) return null;
  return parseChorales(
    parseJson(new TextDecoder().decode(readBytes(path, { maxBytes: 2 ** 28 })), path),
    path,
  );
}

export const isMidi = (path: string) => /\.midi?(\.\w+)?$/i.test(path);

/** @throws InputError when the file is missing or no MIDI file */
export const readMidi = (path: string): Step[] => parseMidi(readBytes(path, { maxBytes: 2 ** 24 }), path);

/** MIDI files, each a piece; else text. */
function piecesIn(path: string): Step[][] {
  const midi = listFiles(path).filter(isMidi);
  return midi.length > 0 ? midi.map(readMidi) : parseMusic(readText(path), path);
}

const musicSource = (pieces: readonly (readonly Step[])[]) => tokensOf(musicTokens(pieces));
const partOf = (part: RunConfig["data"]["part"]) => (part === "test" ? "test" : "valid");
const integer = (value: number) => value.toLocaleString("en");
