/**
 * Music in four voices as text that people can write: a line for each sixteenth, four MIDI pitches from high to low, `-` for
 * silence; an empty line begins a piece.
 */

import { InputError } from "@reformer-ts/internal-checks";

import { checkToken } from "./check-token";
import { musicTokens, musicVocabSize, parseStep, type Step } from "./chorales";
import type { Tokenizer } from "./tokenizer";

const pieceBegins = musicVocabSize - 1;
const numVoices = 4;

/**
 * The pieces of such a text.
 * @param name what the text is, for the error: usually a path
 * @throws InputError when a line is not four pitches
 */
export function parseMusic(text: string, name: string): Step[][] {
  const pieces: Step[][] = [[]];
  text.split(/\r?\n/).forEach((line, i) => {
    const words = line.trim().split(/\s+/);
    if (line.trim() === "") {
      if (pieces.at(-1)!.length > 0) pieces.push([]);
      return;
    }
    const pitches = words.map((word) => (word === "-" ? -1 : Number(word)));
    if (words.length !== numVoices || words.some((word) => !/^(-|\d{1,3})$/.test(word))) {
      throw new InputError({
        field: `${name}, line ${i + 1}`,
        given: JSON.stringify(line.slice(0, 40)),
        allowed: "four pitches from 0 to 127, or - for silence, such as 74 70 65 58",
      });
    }
    pieces.at(-1)!.push(parseStep(pitches, `${name}, line ${i + 1}`));
  });
  return pieces.filter((piece) => piece.length > 0);
}

/** Tokens as `musicTokens` gives them. A text that does not begin with an empty line goes on with a piece. */
export function musicTokenizer(): Tokenizer {
  const stream = () => {
    let voice = 0;
    return {
      push(token: number) {
        checkToken(token, musicVocabSize);
        if (token === pieceBegins) {
          const lineEnd = voice === 0 ? "" : "\n";
          voice = 0;
          return `${lineEnd}\n`;
        }
        voice = (voice + 1) % numVoices;
        return `${token === 0 ? "-" : token}${voice === 0 ? "\n" : " "}`;
      },
      end: () => (voice === 0 ? "" : "\n"),
    };
  };
  return {
    vocabSize: musicVocabSize,
    encode(text) {
      const tokens = Int32Array.from(musicTokens(parseMusic(text, "music")));
      return /^\s*\n/.test(text) ? tokens : tokens.subarray(1);
    },
    decode(tokens) {
      const { push, end } = stream();
      return Array.from(tokens, push).join("") + end();
    },
    stream,
    toJSON: () => ({ type: "music" }),
  };
}
