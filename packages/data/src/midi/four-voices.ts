/**
 * Notes as four voices. Where each of the first four channels holds one note at a time, the channels are the voices. Anything
 * else is taken as chords: at every step the notes from high to low; of more than four, the highest three and the bass.
 */

import type { Step } from "../chorales";

export interface Note {
  /** From 0. */
  channel: number;
  /** 1 to 127. */
  pitch: number;
  /** Its first sixteenth, and the first in which it no longer sounds. */
  start: number;
  end: number;
}

/** @returns a step for each sixteenth until the last note ends */
export function fourVoices(notes: readonly Note[]): Step[] {
  const beginning = notes.toSorted((a, b) => a.start - b.start);
  const ending = notes.toSorted((a, b) => a.end - b.end);
  const stepOf = areVoices(beginning) ? voicesOf : chordOf;
  const changes = [...new Set([0, ...notes.flatMap(({ start, end }) => [start, end])])].toSorted(
    (a, b) => a - b,
  );
  const sounding = soundingNotes();
  const steps: Step[] = [];
  let [begun, ended] = [0, 0];
  changes.forEach((at, i) => {
    while (ending[ended] !== undefined && ending[ended]!.end <= at) sounding.end(ending[ended++]!);
    while (beginning[begun] !== undefined && beginning[begun]!.start <= at)
      sounding.begin(beginning[begun++]!);
    const step = stepOf(sounding.notes());
    for (let s = at; s < (changes[i + 1] ?? at); s++) steps.push(step);
  });
  return steps;
}

type Sounding = Pick<Note, "channel" | "pitch">;

/** The notes of the moment, each once however many tracks play it. */
function soundingNotes() {
  const counts = new Map<number, number>();
  const keyOf = ({ channel, pitch }: Sounding) => 128 * channel + pitch;
  const change = (note: Sounding, by: number) => {
    const count = (counts.get(keyOf(note)) ?? 0) + by;
    if (count === 0) counts.delete(keyOf(note));
    else counts.set(keyOf(note), count);
  };
  return {
    begin: (note: Sounding) => change(note, 1),
    end: (note: Sounding) => change(note, -1),
    notes: (): Sounding[] =>
      [...counts.keys()].map((key) => ({ channel: Math.floor(key / 128), pitch: key % 128 })),
  };
}

/** @param notes in the order in which they begin */
function areVoices(notes: readonly Note[]): boolean {
  const free = [0, 0, 0, 0];
  return notes.every(({ channel, start, end }) => {
    const fits = channel < free.length && start >= free[channel]!;
    free[channel] = end;
    return fits;
  });
}

function voicesOf(notes: readonly Sounding[]): Step {
  const voice = (channel: number) => notes.find((note) => note.channel === channel)?.pitch ?? 0;
  return [voice(0), voice(1), voice(2), voice(3)];
}

function chordOf(notes: readonly Sounding[]): Step {
  const pitches = [...new Set(notes.map(({ pitch }) => pitch))].toSorted((a, b) => b - a);
  const [first = 0, second = 0, third = 0] = pitches;
  return [first, second, third, pitches.length > 3 ? pitches.at(-1)! : 0];
}
