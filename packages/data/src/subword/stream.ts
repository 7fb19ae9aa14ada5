/**
 * Decoding while tokens come in.
 *
 * What a piece reads as depends on its neighbours: a leading space belongs to all but the first, a character may need
 * several. So each new token is decoded together with the few before it, and only what it adds is given out.
 */

import type { TextStream } from "../tokenizer";

const contextTokens = 4;
const replacement = "\uFFFD";

/** @param decode of a whole list of tokens */
export function streamOf(decode: (tokens: readonly number[]) => string): TextStream {
  let context: number[] = [];
  let given = "";
  let waiting: number[] = [];

  const release = () => {
    const text = decode([...context, ...waiting]);
    const added = text.slice(given.length);
    context = [...context, ...waiting].slice(-contextTokens);
    given = decode(context);
    waiting = [];
    return added;
  };
  return {
    push(token) {
      waiting.push(token);
      // Four bytes are the longest character: after them a replacement stands for what will never be one.
      const incomplete = decode([...context, ...waiting]).endsWith(replacement);
      return incomplete && waiting.length < 4 ? "" : release();
    },
    end: () => (waiting.length > 0 ? release() : ""),
  };
}
