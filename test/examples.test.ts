/** The examples run, some shorter than for a reader, and learn. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { modelFromTrax, readTraxFile, tfjsFiles } from "../packages/model/src/index";
import { expect, test } from "vitest";

const folder = fileURLToPath(new URL("../examples", import.meta.url));

/** Runs an example in a process of its own, as `npm start` does, and gives the lines that it printed. */
function run(name: string, environment: Record<string, string> = {}): string[] {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["index.mjs"], {
    cwd: `${folder}/${name}`,
    encoding: "utf8",
    env: { ...process.env, ...environment },
  });
  expect(status, stderr).toBe(0);
  return stdout.trim().split("\n");
}

/** The losses that were printed, in their order. */
const losses = (lines: string[]) =>
  lines.flatMap((line) => /loss ([\d.]+)/.exec(line)?.[1] ?? []).map(Number);

test("attention in tf.sequential tells classes apart", () => {
  const lines = run("classifier");
  const [first, ...later] = losses(lines);
  expect(later.at(-1)!).toBeLessThan(first!);
  expect(Number(/accuracy ([\d.]+) on 32 new/.exec(lines.at(-2)!)![1])).toBeGreaterThan(0.5);
  expect(lines.at(-1)).toMatch(/^(\d ){31}\d: it is [0-3]$/);
});

test("a reversible conv net learns", () => {
  const printed = losses(run("conv-net"));
  expect(printed.at(-1)!).toBeLessThan(printed[0]!);
});

test("the hash finds neighbours among few of all vectors", () => {
  const [found, , share] = run("neighbours")
    .at(-1)!
    .match(/\d+(\.\d+)?/g)!
    .map(Number);
  expect(found!).toBeGreaterThan(90);
  expect(share!).toBeLessThan(30);
});

test("a converted checkpoint is trained further", () => {
  const lines = run("fine-tune", { STEPS: "12" });
  expect(lines[0]).toBe("before: 3 7 5 3 2 4 is answered by 3 7 5 3 2 4");
  const [first, last] = losses(lines);
  expect(last!).toBeLessThan(first!);
});

test("the checkpoint is what Trax saved", async () => {
  const where = "reformerlm_copy.pkl.gz";
  const bytes = readFileSync(new URL(`../packages/model/test/samples/${where}`, import.meta.url));
  const weights = await readTraxFile(bytes, { where, beside: async () => null });
  const files = tfjsFiles(modelFromTrax(weights, { chunkLength: 64 }, where));
  for (const [name, expected] of Object.entries(files))
    expect(readFileSync(`${folder}/fine-tune/checkpoint/${name}`).equals(expected), name).toBe(true);
});

test("a Reformer in a hundred lines runs", () => {
  expect(run("reformer-100", { STEPS: "4" }).at(-1)).toMatch(/^step 4, loss \d/);
});
