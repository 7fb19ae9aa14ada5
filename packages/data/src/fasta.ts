/**
 * Genomes: the longest real sequences there are with an alphabet of four, one token a base.
 *
 * Two bits a base is what knowing nothing costs; `markovBits` gives the figure that counting short contexts reaches.
 */

import { InputError } from "@reformer-ts/internal-checks";

/** Tokens of a genome: A, C, G, T, any other base, the beginning of a record. */
export const genomeAlphabet = "ACGTN>";

const otherBase = 4;
const newRecord = 5;
const tokens = tokenTable();

/**
 * The bases of a FASTA file, its records one after the other, each begun by a token of its own. Lower case (masked repeats) counts
 * as upper; the codes for several possible bases count as N.
 * @param name what the bytes are, for the error: usually a path
 * @throws InputError when it does not begin with a header, holds no base, or something that is none
 */
export function parseFasta(bytes: Uint8Array, name: string): Uint8Array {
  const refuse = (given: string): never => {
    throw new InputError({ field: name, given, allowed: "nucleotides in FASTA" });
  };
  const isHeader = (at: number) => bytes[at] === 0x3e && (at === 0 || bytes[at - 1] === 0x0a);
  if (!isHeader(0)) refuse("without a header line");
  const genome = new Uint8Array(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (isHeader(at)) {
      genome[length++] = newRecord;
      const end = bytes.indexOf(0x0a, at);
      if (end < 0) break;
      at = end;
    } else if (byte !== 0x0a && byte !== 0x0d && byte !== 0x20) {
      const token = tokens[byte]!;
      if (token === 255) refuse(`a text with ${JSON.stringify(String.fromCharCode(byte))} at byte ${at}`);
      genome[length++] = token;
    }
  }
  const found = genome.slice(0, length);
  if (found.every((token) => token === newRecord)) refuse("without a base");
  return found;
}

/**
 * Tokens of a genome as their letters.
 *
 * @throws InputError for a token that stands for nothing in a genome
 */
export function genomeText(genome: ArrayLike<number>): string {
  return Array.from(genome, (token) => {
    const letter = genomeAlphabet[token];
    if (letter === undefined)
      throw new InputError({ field: "token", given: String(token), allowed: "0 to 5" });
    return letter;
  }).join("");
}

function tokenTable(): Uint8Array {
  const table = new Uint8Array(256).fill(255);
  const set = (letters: string, tokenOf: (letter: string) => number) => {
    for (const letter of letters) {
      table[letter.charCodeAt(0)] = tokenOf(letter);
      table[letter.toLowerCase().charCodeAt(0)] = tokenOf(letter);
    }
  };
  set("NRYSWKMBDHV-", () => otherBase);
  set("ACGT", (letter) => "ACGT".indexOf(letter));
  set("U", () => 3);
  return table;
}
