/** Genomes as text: what a model writes is FASTA, and a prompt may be FASTA or bases alone. */

import { checkToken } from "./check-token";
import { genomeAlphabet, parseFasta } from "./fasta";
import type { Tokenizer } from "./tokenizer";

/** Bases in a line, as the public archives print them. */
const lineLength = 70;
const header = ">sequence\n";
const recordToken = genomeAlphabet.indexOf(">");

/** Tokens as `parseFasta` gives them; text with a header line before the first base and lines of 70 bases. */
export function genomeTokenizer(): Tokenizer {
  const vocabSize = genomeAlphabet.length;
  const stream = () => {
    let column = -1;
    return {
      push(token: number) {
        checkToken(token, vocabSize);
        const begins = column < 0 ? header : "";
        if (token === recordToken) {
          const lineEnd = column > 0 ? "\n" : "";
          column = 0;
          return begins === "" ? lineEnd + header : begins;
        }
        const wraps = column === lineLength ? "\n" : "";
        column = (column < 0 || wraps !== "" ? 0 : column) + 1;
        return begins + wraps + genomeAlphabet[token]!;
      },
      end: () => "",
    };
  };
  return {
    vocabSize,
    encode(text) {
      if (text.trim() === "") return new Int32Array();
      const bytes = (fasta: string) => parseFasta(new TextEncoder().encode(fasta), "genome");
      // The header that bare bases lack, and its token away again.
      return Int32Array.from(text.startsWith(">") ? bytes(text) : bytes(`>\n${text}`).subarray(1));
    },
    decode(tokens) {
      const { push } = stream();
      return Array.from(tokens, push).join("");
    },
    stream,
    toJSON: () => ({ type: "genome" }),
  };
}
