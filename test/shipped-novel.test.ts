import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

import { describe, expect, it } from "vitest";

const assets = join(import.meta.dirname, "../apps/trainer/assets");
const packed = readFileSync(join(assets, "crime-and-punishment.txt.gz"));
const novel = gunzipSync(packed);
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

describe("the novel in the repository", () => {
  it("is the one that its README describes", () => {
    const readme = readFileSync(join(assets, "README.md"), "utf8");
    for (const bytes of [novel, packed]) {
      expect(readme).toContain(bytes.length.toLocaleString("en"));
      expect(readme).toContain(sha256(bytes));
    }
  });

  it("is the body of the book and nothing else", () => {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(novel);
    expect(text).toMatch(/^CRIME AND PUNISHMENT\n\s+PART I\n/);
    expect(text).toMatch(/our present story is\nended\.$/);
    expect(text).not.toMatch(/gutenberg|\be-?book|electronic|copyright|produced by|trademark|[\r]/i);
  });
});
