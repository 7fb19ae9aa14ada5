/** What does not fit is refused before it is begun, by backends that can tell. */
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { checkRoom } from "../../src/decode/reading-room";
import { segmentsOf } from "../../src/decode/segments";
import { hasKernel } from "../../src/kernels/dispatch";
import { roomName } from "../../src/kernels/names";
import { resolveConfig } from "../../src/index";

const config = resolveConfig({ vocabSize: 256, dModel: 256, layers: ["local", "lsh", "local"], dHead: 64 });
const ask = (length: number) => checkRoom(config, { batch: 1, length, segments: segmentsOf(config, length) });

it("a prompt that fits is let through, and nothing is left of the question", () => {
  const before = tf.memory();
  ask(70_000);
  expect(tf.memory()).toEqual(before);
});

it.skipIf(!hasKernel(roomName))("a prompt that does not is refused in a sentence", () => {
  const length = 50_000_000;
  expect(() => ask(length)).toThrow(
    /^prompt is 50000000 tokens, of which [\d.]+ GB have to be on the backend/,
  );
  expect(() => ask(length)).toThrow(
    expect.objectContaining({ name: "InputError", cause: expect.any(Error) }),
  );
});
