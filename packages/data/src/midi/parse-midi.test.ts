import * as fc from "fast-check";
import { type MidiEvent, writeMidi } from "midi-file";
import { describe, expect, it } from "vitest";

import type { Step } from "../chorales";
import { midiFile } from "./midi-file";
import { parseMidi } from "./parse-midi";

type Played = [channel: number, pitch: number, start: number, end: number];

/** Another writer's file: a track for each list of notes, times in sixteenths. */
function fileOf(tracks: readonly (readonly Played[])[], ticksPerBeat = 480): Uint8Array {
  const events = (track: readonly Played[]) => {
    const timed = track.flatMap(([channel, noteNumber, start, end]) => [
      { at: start, type: "noteOn" as const, channel, noteNumber, velocity: 64 },
      { at: end, type: "noteOff" as const, channel, noteNumber, velocity: 64 },
    ]);
    let now = 0;
    return timed
      .toSorted((a, b) => a.at - b.at || (a.type < b.type ? -1 : 1))
      .map(({ at, ...event }): MidiEvent => {
        const ticks = Math.round((at * ticksPerBeat) / 4);
        const deltaTime = ticks - now;
        now = ticks;
        return { deltaTime, ...event };
      });
  };
  const header = { format: 1 as const, numTracks: tracks.length, ticksPerBeat };
  return Uint8Array.from(writeMidi({ header, tracks: tracks.map(events) }));
}

const pitch = fc.nat({ max: 127 });
const pieces = fc
  .array(fc.tuple(pitch, pitch, pitch, pitch), { minLength: 1, maxLength: 40 })
  .filter((piece) => piece.at(-1)!.some((voice) => voice > 0));

describe("parseMidi", () => {
  it("reads what midiFile writes", () => {
    fc.assert(
      fc.property(pieces, (piece) => {
        expect(parseMidi(midiFile(piece), "x.mid")).toEqual(piece);
      }),
    );
  });

  it("reads what another program writes, in tracks of its own and any resolution", () => {
    const resolution = fc.constantFrom(24, 96, 480, 1024);
    fc.assert(
      fc.property(pieces, resolution, (piece, ticksPerBeat) => {
        const voices = [0, 1, 2, 3].map((voice) =>
          piece.flatMap((step, at): Played[] => (step[voice] ? [[voice, step[voice]!, at, at + 1]] : [])),
        );
        expect(parseMidi(fileOf(voices, ticksPerBeat), "x.mid")).toEqual(piece);
      }),
    );
  });

  it("takes one channel for all as chords, of which highest notes and bass remain", () => {
    const chord: Played[] = [48, 52, 55, 60, 64].map((note) => [0, note, 0, 2]);
    expect(parseMidi(fileOf([[...chord, [0, 72, 2, 3]]]), "x.mid")).toEqual([
      [64, 60, 55, 48],
      [64, 60, 55, 48],
      [72, 0, 0, 0],
    ]);
  });

  it("brings notes to sixteenths, none of them lost", () => {
    const played: Played[] = [
      [0, 60, 0.2, 1.1],
      [0, 62, 1.1, 1.2],
      [0, 64, 2.1, 3.9],
    ];
    expect(parseMidi(fileOf([played]), "x.mid").map(([first]) => first)).toEqual([60, 62, 64, 64]);
  });

  it("hears no drums, and pauses before the first note", () => {
    const drums: Played[] = [[9, 36, 0, 8]];
    expect(parseMidi(fileOf([drums, [[0, 60, 1, 2]]]), "x.mid")).toEqual([
      [0, 0, 0, 0],
      [60, 0, 0, 0],
    ] satisfies Step[]);
  });
});
