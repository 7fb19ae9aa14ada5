/** The notes of a Standard MIDI File, on a grid of sixteenths. */

import { InputError } from "@reformer-ts/internal-checks";
import { type MidiData, type MidiEvent, parseMidi } from "midi-file";

import type { Note } from "./four-voices";

const stepsPerQuarter = 4;
/** Channel 10, as people count: its pitches are drums. */
const percussion = 9;
/** 65,536 bars of four quarters: a few bytes can claim a silence of years. */
const mostSteps = 2 ** 20;

/**
 * Every note that sounds; one that never ends does so with its track, and none is shorter than a sixteenth.
 *
 * @throws InputError when the bytes are no such file, damaged, without a note or too long
 */
export function readNotes(bytes: Uint8Array, name: string): Note[] {
  const { header, tracks } = parsed(bytes, name);
  const ticksPerStep = (header.ticksPerBeat ?? 0) / stepsPerQuarter;
  if (header.format > 1 || ticksPerStep === 0) {
    const given = header.format > 1 ? `of format ${header.format}` : "timed without quarters";
    throw refusal(name, given, "a MIDI file of format 0 or 1 that counts in quarters");
  }
  const notes = tracks.flatMap((track) => notesOf(track, name)).map((note) => onGrid(note, ticksPerStep));
  const steps = notes.reduce((most, { end }) => Math.max(most, end), 0);
  if (notes.length === 0) throw refusal(name, "without a note", "a MIDI file with notes");
  if (steps > mostSteps) throw refusal(name, `${steps} sixteenths long`, `at most ${mostSteps}`);
  return notes;
}

function parsed(bytes: Uint8Array, name: string): MidiData {
  try {
    return parseMidi(strict(bytes));
  } catch {
    const isMidi = bytes[0] === 0x4d && bytes[1] === 0x54 && bytes[2] === 0x68 && bytes[3] === 0x64;
    throw refusal(name, isMidi ? "damaged or cut short" : "not a MIDI file", "a Standard MIDI File");
  }
}

/**
 * Bytes of which none are taken that there are not: the parser would go on with fewer, or, for a length of more than 31 bits, turn
 * back and never end.
 */
function strict(bytes: Uint8Array): Uint8Array {
  return Object.assign(bytes.subarray(), {
    slice(start: number, end: number) {
      if (start > end || end > bytes.length) throw new RangeError("outside");
      return strict(bytes.subarray(start, end));
    },
  });
}

/** Times in ticks. */
function notesOf(track: readonly MidiEvent[], name: string): Note[] {
  const notes: Note[] = [];
  const begun = new Map<number, number>();
  let now = 0;
  const end = (key: number) => {
    const start = begun.get(key);
    if (start === undefined) return;
    notes.push({ channel: Math.floor(key / 128), pitch: key % 128, start, end: now });
    begun.delete(key);
  };
  for (const event of track) {
    // What was cut off is undefined, and a time of more than 31 bits negative.
    if (!(event.deltaTime >= 0)) throw refusal(name, "damaged", "a Standard MIDI File");
    now += event.deltaTime;
    if (event.type !== "noteOn" && event.type !== "noteOff") continue;
    const { channel, noteNumber } = event;
    if (!(noteNumber >= 0 && noteNumber <= 127)) throw refusal(name, "damaged", "a Standard MIDI File");
    // Of four voices, 0 stands for silence.
    if (channel === percussion || noteNumber === 0) continue;
    const key = 128 * channel + noteNumber;
    end(key);
    if (event.type === "noteOn") begun.set(key, now);
  }
  for (const key of begun.keys()) end(key);
  return notes;
}

function onGrid({ start, end, ...note }: Note, ticksPerStep: number): Note {
  const first = Math.round(start / ticksPerStep);
  return { ...note, start: first, end: Math.max(first + 1, Math.round(end / ticksPerStep)) };
}

const refusal = (field: string, given: string, allowed: string) => new InputError({ field, given, allowed });
