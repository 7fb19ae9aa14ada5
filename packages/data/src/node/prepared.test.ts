import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { temporaryFolder } from "../../test/temporary-folder";
import { characterTokenizerFor } from "../characters";
import { trainBytePairs } from "../subword";
import { isPrepared, openPrepared, prepareText } from "./prepared";
import { writeNpyTokens } from "./npy-source";

const { path: home, write } = temporaryFolder();
const text = "the cat sat on the mat; the café was shut\n".repeat(50);
const file = write("text.txt", Buffer.from(text));

describe("a prepared text", () => {
  it.each([
    ["subwords", trainBytePairs(text, { vocabSize: 280 })],
    ["characters", characterTokenizerFor(text)],
  ])("of %s is opened as it was written", (name, tokenizer) => {
    const folder = join(home, name);
    expect(isPrepared(folder)).toBe(false);
    const counts = prepareText(file, folder, tokenizer);
    expect(counts.bytes).toBe(Buffer.byteLength(text));
    expect(isPrepared(folder)).toBe(true);
    const { source, tokenizer: opened, bytes } = openPrepared(folder);
    expect([source.length, bytes]).toEqual([counts.tokens, counts.bytes]);
    expect(opened.decode(source.read(0, source.length))).toBe(text);
    expect(opened.toJSON()).toEqual(tokenizer.toJSON());
    source.close();
  });

  it.each([
    ["nonsense", "not JSON"],
    ["7", "of format undefined"],
    ['{"formatVersion":2}', "of format 2"],
    ['{"formatVersion":1}', "without a number of bytes"],
    ['{"formatVersion":1,"bytes":9,"tokens":4,"tokenizer":{"type":"bytes"}}', "where tokens.npy has 3"],
  ])("that says %s is refused", (about, message) => {
    const folder = join(home, "broken");
    writeNpyTokens(join(folder, "tokens.npy"), [[1, 2, 3]], { vocabSize: 256 });
    writeFileSync(join(folder, "prepared.json"), about);
    expect(() => openPrepared(folder)).toThrow(message);
  });
});
