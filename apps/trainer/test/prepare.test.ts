/** `reformer prepare` against a server of this machine, which breaks off, lies, or is not there; and on files that are here. */
import { type Corpus, corpora } from "@reformer-ts/data/node";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reformer } from "./run-reformer";

const home = mkdtempSync(join(tmpdir(), "reformer-prepare-"));
const file = (name: string, content: string | Uint8Array) => {
  const path = join(home, name);
  writeFileSync(path, content);
  return path;
};
const genome = Buffer.from(`>bases\n${"ACGTTGCA".repeat(20_000)}\n`);
let cutAfter = Infinity;
let ranges: (string | undefined)[] = [];
const server = createServer(({ headers }, response) => {
  ranges.push(headers.range);
  const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);
  response.writeHead(start > 0 ? 206 : 200, { "content-length": genome.length - start });
  if (cutAfter === Infinity) return void response.end(genome.subarray(start));
  response.write(genome.subarray(start, start + cutAfter), () => setTimeout(() => response.destroy(), 20));
});
const table = corpora as Record<string, Corpus>;
const cache = process.env["XDG_CACHE_HOME"];

beforeAll(async () => {
  process.env["XDG_CACHE_HOME"] = join(home, "cache");
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/genome.fa`;
  const sha256 = createHash("sha256").update(genome).digest("hex");
  const remote = { url, file: "test-genome.fa", bytes: genome.length, sha256 };
  const corpus = (more: object): Corpus => ({
    description: "a genome for tests",
    kind: "genome",
    files: [{ ...remote, ...more }],
  });
  table["test-genome"] = corpus({});
  table["test-other"] = corpus({ sha256: "0".repeat(64), file: "test-other.fa" });
  table["test-nobody"] = corpus({ url: "http://127.0.0.1:1/genome.fa", file: "test-nobody.fa" });
});
afterAll(async () => {
  for (const name of ["test-genome", "test-other", "test-nobody"]) delete table[name];
  if (cache === undefined) delete process.env["XDG_CACHE_HOME"];
  else process.env["XDG_CACHE_HOME"] = cache;
  await new Promise((done) => {
    server.close(done);
    server.closeAllConnections();
  });
  rmSync(home, { recursive: true, force: true });
});

describe("a corpus by name", () => {
  const train = ["train", "--task", "genome", "--corpus", "test-genome"];

  it("must be prepared before it is trained on", async () => {
    expect((await reformer(...train)).err).toBe(
      "reformer: corpus is test-genome, which is not on this machine yet, but must be prepared first: reformer prepare test-genome.\n",
    );
  });

  it("is fetched in as many pieces as it takes, and says what it holds and what to do next", async () => {
    cutAfter = 100_000;
    const { code, out, err } = await reformer("prepare", "test-genome");
    expect([code, err]).toEqual([0, expect.stringContaining("test-genome: 0.2 of 0.2 MB\n")]);
    expect(out).toBe(
      "test-genome: 160,001 bases, 8,000 of them held out\ntrain on it with: reformer train --task genome --corpus test-genome\n",
    );
    expect(ranges.length).toBeGreaterThan(1);
    expect(ranges.at(-1)).toMatch(/^bytes=\d+-$/);
    ranges = [];
    expect((await reformer("prepare", "test-genome")).code).toBe(0);
    expect(ranges).toEqual([]);
  });

  it.each([
    ["test-other", "is a file with another checksum, but must be the one with sha256 0000"],
    ["gone.txt", "gone.txt is missing, but must be"],
  ])("%s ends in a sentence", async (name, message) => {
    cutAfter = Infinity;
    const { code, out, err } = await reformer("prepare", name);
    expect([code, out, err]).toEqual([2, "", expect.stringContaining(message)]);
    expect(existsSync(join(home, "cache/reformer-ts/data/test-other.fa"))).toBe(false);
  });

  it("says what to do without a network", async () => {
    const { code, err } = await reformer("prepare", "test-nobody");
    expect(code).toBe(2);
    expect(err).toMatch(
      /is out of reach \(.*\), but must be reachable: try again, which goes on from what has arrived, or put the file at .*test-nobody.fa yourself.\n$/,
    );
  }, 40_000);

  it("is listed, with what is here already", async () => {
    const { out } = await reformer("prepare");
    expect(out).toMatch(/^novel +text +here {2}Crime and Punishment/);
    expect(out).toMatch(/\nenwik8 +text +36\.4 MB {2}the first 100,000,000 bytes/);
    expect(out).toMatch(/\ntest-genome +genome +here {2}a genome for tests\n/);
    const all = JSON.parse((await reformer("prepare", "--json")).out) as { name: string; here: boolean }[];
    expect(all.find(({ name }) => name === "enwik8")).toMatchObject({ here: false, task: "text" });
  });
});

describe("what is here already", () => {
  const text = () => file("book.txt", "the cat sat on the mat, the dog on the log\n".repeat(100));

  it("is read, and split as its kind is", async () => {
    const { out } = await reformer("prepare", text());
    expect(out).toBe(
      `${text()}: 4,300 bytes, 215 tokens held out\ntrain on it with: reformer train --corpus ${text()}\n`,
    );
    const markup = file("wiki.xml", `<mediawiki>${"[[x]] ".repeat(400)}`);
    const said = await reformer("prepare", markup, "--json");
    expect(JSON.parse(said.out)).toMatchObject({
      heldOutTokens: 120,
      next: `reformer train --corpus ${markup} --split standard`,
    });
    expect(said.out).not.toContain("enwik8");
  });

  it("is encoded with a vocabulary made from it, or a given one, into a folder that is trained on", async () => {
    const [made, again] = [join(home, "made"), join(home, "again")];
    const { code, out } = await reformer("prepare", text(), "--vocab-size", "270", "--out", made);
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/4,300 bytes, 270 different tokens, \d+ tokens held out/),
    ]);
    expect(out).toContain(`train on it with: reformer train --corpus ${made}\n`);
    const characters = await reformer(
      "prepare",
      text(),
      "--tokenizer",
      "characters",
      "--out",
      again,
      "--json",
    );
    expect(JSON.parse(characters.out)).toMatchObject({ vocabSize: 15, corpus: again });
    expect(JSON.parse(readFileSync(join(again, "prepared.json"), "utf8"))).toMatchObject({ tokens: 4300 });
  });

  it.each([
    [["--vocab-size", "100"], "--vocab-size is 100, but must be a whole number from 256 to 65536."],
    [
      ["--vocab-size", "300", "--task", "genome"],
      "--task is genome, but must be text, which alone is encoded.",
    ],
    [["--out", "x"], "--out is x with nothing to encode"],
    [["--tokenizer", "gone.json"], "gone.json is missing, but must be a file that can be read."],
    [["--task", "duplication"], "Allowed choices are text, images, music, genome, tokens."],
  ])("%j says what is wrong", async (flags, message) => {
    const { code, err } = await reformer("prepare", text(), ...flags);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });
});
