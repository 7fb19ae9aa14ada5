import { join } from "node:path";

import { expect, it } from "vitest";

import { temporaryFolder } from "../../test/temporary-folder";
import { byteTokenizer } from "../bytes";
import { characterTokenizerFor } from "../characters";
import { trainBytePairs } from "../subword";
import { openNpySource } from "./npy-source";
import { prepareTokens } from "./prepare-tokens";

const { path: folder, write } = temporaryFolder();
const text = Array.from({ length: 60 }, (_, i) => `Line ${i} of naïve – text.\n`).join("");
const size = new TextEncoder().encode(text).length;

it.each([
  ["bytes", byteTokenizer()],
  ["characters", characterTokenizerFor(text)],
  ["subwords", trainBytePairs(text, { vocabSize: 300 })],
])("encodes a file into %s that decode to it", (_, tokenizer) => {
  const to = join(folder, "tokens.npy");
  const { tokens, bytes } = prepareTokens(write("text.txt", text), to, tokenizer, { pieceBytes: 100 });
  const source = openNpySource(to);
  expect([source.length, bytes]).toEqual([tokens, size]);
  expect(tokenizer.decode(source.read(0, tokens))).toBe(text);
  source.close();
});
