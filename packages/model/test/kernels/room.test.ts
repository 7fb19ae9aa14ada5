/** What does not fit is refused before it is begun, by backends that can tell. */
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { checkRoom } from "../../src/decode/reading-room";
import { segmentsOf } from "../../src/decode/segments";
import { hasKernel } from "../../src/kernels/dispatch";
import { roomName } from "../../src/kernels/names";
import { createDecoder, createReformer, initializeParameters, resolveConfig } from "../../src/index";

const config = resolveConfig({ vocabSize: 256, dModel: 256, layers: ["local", "lsh", "local"], dHead: 64 });
const ask = (length: number, batch = 1) => {
  const prompts = Array.from({ length: batch }, () => ({ length }));
  checkRoom(config, prompts, segmentsOf(config, prompts));
};

it("a prompt that fits is let through, and nothing is left of the question", () => {
  const before = tf.memory();
  for (const batch of [1, 3]) for (const length of [1, 20_000, 70_000]) ask(length, batch);
  expect(tf.memory()).toEqual(before);
});

it.skipIf(!hasKernel(roomName))("a prompt that does not is refused in a sentence", () => {
  const length = 50_000_000;
  expect(() => ask(20_000, 5000)).toThrow(/^prompt is 5000 x 20000 tokens/);
  expect(() => ask(length)).toThrow(
    /^prompt is 50000000 tokens, of which [\d.]+ GB have to be on the backend/,
  );
  expect(() => ask(length)).toThrow(
    expect.objectContaining({ name: "InputError", cause: expect.objectContaining({ name: "NoRoomError" }) }),
  );
});

it("a prompt that is refused leaves what was read before", async () => {
  const small = resolveConfig({
    vocabSize: 8,
    dModel: 16,
    dHead: 8,
    chunkLength: 4,
    layers: ["lsh", "local"],
  });
  const model = createReformer(small, initializeParameters(small, 1));
  const decoder = createDecoder(model);
  const [before] = await decoder.read([Int32Array.of(1, 2, 3)]);
  const theirs = tf.getKernel(roomName, tf.getBackend());
  if (theirs) tf.unregisterKernel(roomName, tf.getBackend());
  const full = () => {
    throw new Error("it is full");
  };
  tf.registerKernel({ kernelName: roomName, backendName: tf.getBackend(), kernelFunc: full });
  await expect(decoder.read([Int32Array.of(4)])).rejects.toThrow(/shorter \(it is full\)/);
  tf.unregisterKernel(roomName, tf.getBackend());
  if (theirs) tf.registerKernel(theirs);
  expect(decoder.lengths).toEqual([3]);
  expect(decoder.logits).toEqual([before]);
  decoder.dispose();
  model.parameters.dispose();
});
