import { createHash } from "node:crypto";
import { closeSync, ftruncateSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { batches, randomWindows, sequentialWindows, splitStandard } from "../src";
import { openNpySource } from "../src/node";
import { npyHeader } from "../src/npy";
import { temporaryFolder } from "./temporary-folder";

/** Twelve gigabytes of tokens that take no room on the disk: a hole between a header and a few marks. */
const length = 12 * 2 ** 30;
const marks: [number, number][] = [
  [0, 1],
  [7 * 2 ** 30 + 12_345, 77],
  [length - 1, 255],
];
const path = join(temporaryFolder().path, "holes.npy");
const header = npyHeader("|u1", [length]);
const file = openSync(path, "w");
writeSync(file, header);
ftruncateSync(file, header.length + length);
for (const [at, token] of marks) writeSync(file, Uint8Array.of(token), 0, 1, header.length + at);
closeSync(file);

const hashOf = (tokens: Int32Array) => createHash("sha256").update(tokens).digest("hex");

describe("tokens of 12 GB", () => {
  it("are read where they are asked for, to the last one", () => {
    const source = openNpySource(path);
    expect(source.length).toBe(length);
    for (const [at, token] of marks) {
      const from = Math.max(0, at - 3);
      const tokens = source.read(from, at - from + 1);
      expect([...tokens]).toEqual([...Array.from({ length: at - from }, () => 0), token]);
    }
    source.close();
  });

  it("are dealt out and gone on with at the exact token, in little memory", () => {
    const source = openNpySource(path);
    const { train, test } = splitStandard(source);
    const windows = randomWindows(train, { length: 65_536, seed: 7 });
    const before = process.memoryUsage().rss;
    const reader = batches(windows, { batch: 4 });
    let position = reader.position;
    for (let i = 0; i < 100; i++) {
      position = reader.position;
      reader.next();
    }
    // A hundred batches are 26 million tokens; one is 2 MB.
    expect(process.memoryUsage().rss - before).toBeLessThan(300e6);
    const again = batches(windows, { batch: 4, position });
    const last = batches(windows, { batch: 4, position: { examples: 396 } });
    expect(hashOf(again.next().inputs)).toBe(hashOf(last.next().inputs));
    expect(again.position).toEqual(reader.position);
    // The last window ends with the file's last token.
    const measured = sequentialWindows(test, { length: 65_536 });
    const { targets } = measured.example(measured.count - 1);
    expect(targets.findLast((target) => target >= 0)).toBe(255);
    source.close();
  });
});
