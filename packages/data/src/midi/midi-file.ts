/**
 * Music to listen to: steps of a sixteenth as a Standard MIDI File (format 0), each voice on a channel of its own.
 *
 * A pitch that a voice repeats is held, as it is in the chorales' encoding; repeated notes cannot be told from long ones.
 */

import { InputError } from "@reformer-ts/internal-checks";

import type { Step } from "../chorales";

const ticksPerStep = 1;
const stepsPerQuarter = 4;
const velocity = 80;

/**
 * Music in four voices as a MIDI file.
 *
 * @returns the bytes of a `.mid` file
 * @throws InputError when the tempo is none
 */
export function midiFile(piece: readonly Step[], { quartersPerMinute = 80 } = {}): Uint8Array {
  if (!(quartersPerMinute >= 4 && quartersPerMinute <= 1000)) {
    throw new InputError({
      field: "tempo",
      given: String(quartersPerMinute),
      allowed: "4 to 1000 quarters a minute",
    });
  }
  const microseconds = Math.round(60e6 / quartersPerMinute);
  const events = [0, 0xff, 0x51, 3, ...bigEndian(microseconds, 3), ...noteEvents(piece), 0, 0xff, 0x2f, 0];
  return Uint8Array.from([
    ...chunk("MThd", [
      ...bigEndian(0, 2),
      ...bigEndian(1, 2),
      ...bigEndian(stepsPerQuarter * ticksPerStep, 2),
    ]),
    ...chunk("MTrk", events),
  ]);
}

/** Note off before note on at each step where a voice changes; times are the ticks since the event before. */
function noteEvents(piece: readonly Step[]): number[] {
  const events: number[] = [];
  let waited = 0;
  const emit = (...event: number[]) => {
    events.push(...variableLength(waited), ...event);
    waited = 0;
  };
  let sounding: readonly number[] = [0, 0, 0, 0];
  for (const step of [...piece, [0, 0, 0, 0] as const]) {
    const before = sounding;
    const changed = [0, 1, 2, 3].filter((voice) => step[voice] !== before[voice]);
    for (const voice of changed) if (before[voice] !== 0) emit(0x80 | voice, before[voice]!, 0);
    for (const voice of changed) if (step[voice] !== 0) emit(0x90 | voice, step[voice]!, velocity);
    sounding = step;
    waited += ticksPerStep;
  }
  return events;
}

function chunk(type: string, content: readonly number[]): number[] {
  return [...Array.from(type, (letter) => letter.charCodeAt(0)), ...bigEndian(content.length, 4), ...content];
}

function bigEndian(value: number, bytes: number): number[] {
  return Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** (bytes - 1 - i)) & 255);
}

/** Seven bits a byte, the highest first, all but the last marked. */
function variableLength(value: number): number[] {
  const rest = Math.floor(value / 128);
  return [...(rest > 0 ? variableLength(rest).map((byte) => byte | 128) : []), value & 127];
}
