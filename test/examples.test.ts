/** The examples run, shorter than for a reader, and learn. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const folder = fileURLToPath(new URL("../examples", import.meta.url));

/** Runs an example in a process of its own, as a reader would, and gives what it printed. */
function run(name: string, environment: Record<string, string> = {}): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [`${name}/index.mjs`], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, ...environment },
  });
  expect(status, stderr).toBe(0);
  return stdout;
}

/** The numbers of the last line printed. */
const figures = (printed: string) =>
  printed
    .trim()
    .split("\n")
    .at(-1)!
    .match(/\d+(\.\d+)?/g)!
    .map(Number);

test("attention in tf.sequential tells classes apart", () => {
  expect(figures(run("classifier"))[0]).toBeGreaterThan(0.5);
});

test("a reversible conv net learns", () => {
  const [first, , last] = figures(run("conv-net"));
  expect(last!).toBeLessThan(first!);
});

test("the hash finds neighbours among few of all vectors", () => {
  const [found, , share] = figures(run("neighbours"));
  expect(found!).toBeGreaterThan(90);
  expect(share!).toBeLessThan(30);
});

test("a converted checkpoint is trained further", () => {
  const [first, , last] = figures(run("fine-tune"));
  expect(last!).toBeLessThan(first!);
});

test("a Reformer in a hundred lines runs", () => {
  expect(run("reformer-100", { STEPS: "4" })).toMatch(/step 4, loss \d/);
});
