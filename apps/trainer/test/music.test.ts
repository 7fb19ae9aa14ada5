/** MIDI in and out: what the trainer writes it reads again, and learns from a folder of such files. */
import { midiFile, musicPieces, type Step } from "@reformer-ts/data";
import { parseMidi } from "@reformer-ts/data/midi";
import { openNpySource } from "@reformer-ts/data/node";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reformer } from "./run-reformer";
import { reportOf } from "./trained-run";

const home = mkdtempSync(join(tmpdir(), "reformer-music-"));
afterAll(() => rmSync(home, { recursive: true, force: true }));
const [songs, run] = [join(home, "songs"), join(home, "run")];
const piece = (from: number): Step[] =>
  Array.from({ length: 60 }, (_, i) => [70 + ((from + i) % 7), 65, 0, 50 - (i % 5)]);
const pieces = [piece(0), piece(3), piece(5)];
const flags =
  "--config debug --backend wasm --task music --d-model 16 --axial-dims 4,12 --d-ff 16 --d-head 8 --length 64 --max-length 128 --axial-shape 8,16 --chunk-length 16 --held-out 0.1 --steps 2 --sample-every 0";

beforeAll(async () => {
  mkdirSync(join(songs, "more"), { recursive: true });
  for (const [i, name] of ["a.mid", "b.midi", "more/c.mid"].entries())
    writeFileSync(join(songs, name), midiFile(pieces[i]!));
  writeFileSync(join(songs, "read-me.txt"), "no music");
  const { code, err } = await reformer("train", ...flags.split(" "), "--corpus", songs, "--run", run);
  if (code !== 0) throw new Error(err);
}, 60_000);

describe("a folder of MIDI files", () => {
  it("is the same music as lines of pitches are", async () => {
    const lines = join(home, "lines.txt");
    const text = (steps: readonly Step[]) =>
      steps.map((step) => `${step.map((pitch) => pitch || "-").join(" ")}\n`).join("");
    writeFileSync(lines, pieces.map(text).join("\n"));
    const told = await reportOf("prepare", songs, "--task", "music");
    const { corpus: _, next, ...facts } = await reportOf("prepare", lines, "--task", "music");
    expect(told).toMatchObject(facts);
    expect(told["description"]).toMatch(/^723 notes/);
    expect(next).toContain("--task music");
  });

  it("knows a file by its name, and scores it", async () => {
    const file = join(songs, "b.midi");
    expect(await reportOf("prepare", file)).toMatchObject({ task: "music" });
    const { out } = await reformer("score", file, "--checkpoint", run, "--backend", "wasm", "--json");
    expect(JSON.parse(out)).toMatchObject({ tokens: 241, bitsPerToken: expect.any(Number) as number });
  });
});

describe("generate", () => {
  it("goes on with a MIDI file, and writes one that is what it wrote", async () => {
    const prompt = join(home, "prompt.mid");
    writeFileSync(prompt, midiFile(piece(0).slice(0, 5)));
    const write = async (out: string) => {
      const args = ["--prompt-file", prompt, "--tokens", "40", "--temperature", "2", "--top-p", "1"];
      const { code, err } = await reformer("generate", run, "--backend", "wasm", ...args, "--out", out);
      expect([code, code === 0 ? "" : err]).toEqual([0, ""]);
    };
    const [tokens, music] = [join(home, "out.npy"), join(home, "out.mid")];
    await write(tokens);
    await write(music);
    const source = openNpySource(tokens);
    const steps = musicPieces(source.read(0, source.length)).flat();
    source.close();
    const last = steps.findLastIndex((step) => step.some((pitch) => pitch > 0));
    expect(parseMidi(readFileSync(music), music)).toEqual(steps.slice(0, last + 1));
    expect(steps.slice(0, 5)).toEqual(piece(0).slice(0, 5));
  });
});
