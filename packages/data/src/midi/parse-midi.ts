import type { Step } from "../chorales";
import { fourVoices } from "./four-voices";
import { readNotes } from "./read-notes";

/**
 * A piece out of a Standard MIDI File, on the grid of sixteenths that its quarters give: tempo, loudness, instruments and drums
 * are left out. What `midiFile` wrote comes back as it was, but for silence at its end.
 *
 * @param name what the bytes are, for the error: usually a path
 * @throws InputError when they are no such file, damaged, without a note or far too long
 */
export function parseMidi(bytes: Uint8Array, name: string): Step[] {
  return fourVoices(readNotes(bytes, name));
}
