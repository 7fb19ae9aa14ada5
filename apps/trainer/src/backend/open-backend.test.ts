import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { BACKEND_CHOICES, openBackend } from "./open-backend";

/** A folder with neither project nor cache: TensorFlow is never there. */
let nowhere: string;

beforeAll(async () => {
  nowhere = await mkdtemp(join(tmpdir(), "reformer-open-"));
});

afterAll(() => rm(nowhere, { recursive: true }));

const open = (name: string, log?: (line: string) => void) =>
  openBackend(name, { cacheDir: nowhere, workingDirectory: nowhere, log });

const ones = () => tf.tidy(() => tf.matMul(tf.ones([3, 3]), tf.ones([3, 3])).arraySync());

test.each(["wasm", "cpu"])("%s opens by name and multiplies", async (name) => {
  const backend = await open(name);
  expect(backend).toMatchObject({ name, tfjsName: name, why: `asked for with --backend ${name}` });
  expect(tf.getBackend()).toBe(name);
  expect(ones()).toEqual([
    [3, 3, 3],
    [3, 3, 3],
    [3, 3, 3],
  ]);
});

test("wasm takes its hands off the errors of the process", async () => {
  const before = countErrorListeners();
  await open("wasm");
  expect(countErrorListeners()).toEqual(before);
});

function countErrorListeners(): number[] {
  return ["uncaughtException", "unhandledRejection"].map((event) => process.listenerCount(event));
}

test("wasm gets the kernel that training needs", async () => {
  await open("wasm");
  expect(tf.getKernel("UnsortedSegmentSum", "wasm")).toBeDefined();
});

test("a backend asked for by name is never replaced by another", async () => {
  await expect(open("tensorflow")).rejects.toThrow(
    /^--backend is "tensorflow", which cannot be had here: TensorFlow is not installed, but .*`reformer backend install`/,
  );
  await expect(open("tensorflow-gpu")).rejects.toThrow(
    /no TensorFlow with CUDA.*`reformer backend install --gpu`/,
  );
});

test("auto goes down the list and says what it passed over", async () => {
  const lines: string[] = [];
  const backend = await open("auto", (line) => lines.push(line));
  expect(["webgpu", "wasm"]).toContain(backend.name);
  expect(lines.slice(0, 2)).toEqual([
    "Not tensorflow-gpu: no TensorFlow with CUDA is installed.",
    "Not tensorflow: TensorFlow is not installed.",
  ]);
  expect(backend.why).toMatch(/^the fastest that works here; .* why not tensorflow-gpu, tensorflow/);
});

test("a name that is none is refused with the names that are, and the nearest", async () => {
  await expect(open("tensorflw")).rejects.toThrow(
    `--backend is "tensorflw", but must be one of ${BACKEND_CHOICES.join(", ")} (did you mean tensorflow?).`,
  );
});
