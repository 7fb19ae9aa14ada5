import { expect, it } from "vitest";

import type { Step } from "../chorales";
import { midiFile } from "./midi-file";

it("is a Standard MIDI File, byte by byte", () => {
  const piece: Step[] = [
    [60, 0, 0, 48],
    [60, 0, 0, 0],
  ];
  const header = [0x4d, 0x54, 0x68, 0x64, 0, 0, 0, 6, 0, 0, 0, 1, 0, 4];
  const events = [
    [0, 0xff, 0x51, 3, 0x0b, 0x71, 0xb0], // 750,000 microseconds a quarter
    [0, 0x90, 60, 80],
    [0, 0x93, 48, 80],
    [1, 0x83, 48, 0],
    [1, 0x80, 60, 0],
    [0, 0xff, 0x2f, 0],
  ].flat();
  expect(Array.from(midiFile(piece))).toEqual([
    ...header,
    0x4d,
    0x54,
    0x72,
    0x6b,
    0,
    0,
    0,
    events.length,
    ...events,
  ]);
});

it("waits as long as a note is held", () => {
  const held: Step[] = Array.from({ length: 300 }, () => [60, 0, 0, 0]);
  const bytes = Array.from(midiFile(held));
  expect(bytes.slice(-9)).toEqual([0x82, 0x2c, 0x80, 60, 0, 0, 0xff, 0x2f, 0]);
});

it.each([0, -80, NaN, 1e6])("refuses a tempo of %s", (quartersPerMinute) => {
  expect(() => midiFile([], { quartersPerMinute })).toThrow(`tempo is ${quartersPerMinute}`);
});
