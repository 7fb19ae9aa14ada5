/**
 * Trax' own encoder-decoder `Reformer`, answered here: logits, loss, every gradient, ten steps' losses. A new case is a
 * new folder; `tools/golden/trax_reference/encoder_decoder.py` makes them.
 */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { tensor, type Tensor } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import {
  adam,
  createEncoderDecoder,
  createPairDecoder,
  createParameters,
  decodeSafetensors,
  pairLossAndGradients,
  resolveEncoderDecoder,
  trainPairStep,
  type EncoderDecoder,
  type PairBatch,
} from "../../src/index";
import { largestDifference, worstGradient } from "../../src/verify/difference";

const folder = fileURLToPath(new URL("golden", import.meta.url));

function load(name: string) {
  const read = (file: string) => new Uint8Array(readFileSync(`${folder}/${name}/${file}`));
  const { golden, ...options } = JSON.parse(new TextDecoder().decode(read("config.json")));
  const weights = Object.entries(decodeSafetensors(read("model.safetensors"), name).tensors);
  const parameters = createParameters(
    Object.fromEntries(weights.map(([key, { data, shape }]) => [key, tensor(data as Float32Array, shape)])),
  );
  const model = createEncoderDecoder(resolveEncoderDecoder(options), parameters);
  const stored = decodeSafetensors(read("case.safetensors"), name).tensors;
  const [batch, sourceLength] = stored["source"]!.shape as [number, number];
  const targets = Int32Array.from(stored["target"]!.data as Int32Array);
  const length = targets.length / batch;
  // Trax shifts the target itself.
  const inputs = targets.map((_, i) => (i % length === 0 ? 0 : targets[i - 1]!));
  const source = Int32Array.from(stored["source"]!.data as Int32Array);
  const pairs: PairBatch = { source, sourceLength, inputs, targets, batch, length };
  const numbers = (key: string) => stored[key]!.data as Float32Array;
  const gradients = Object.fromEntries(
    Object.keys(stored)
      .filter((key) => key.startsWith("grad."))
      .map((key) => [key.slice("grad.".length), numbers(key)]),
  );
  return { model, pairs, golden, numbers, gradients };
}

/** `[batch, length, vocabSize]`, written token by token. */
async function logitsOf(model: EncoderDecoder, pairs: PairBatch): Promise<number[]> {
  const { batch, length, inputs } = pairs;
  const decoder = createPairDecoder(model, pairs);
  const written: Float32Array[][] = [];
  for (let position = 0; position < length; position++) {
    const newest = Array.from({ length: batch }, (_, row) => inputs[row * length + position]!);
    written.push(await decoder.append(newest));
  }
  decoder.dispose();
  return Array.from({ length: batch }, (_, row) => written.flatMap((rows) => [...rows[row]!])).flat();
}

describe("golden cases of the encoder-decoder", () => {
  it.each(readdirSync(folder))("%s", async (name) => {
    const { model, pairs, golden, numbers, gradients } = load(name);
    expect
      .soft(largestDifference(await logitsOf(model, pairs), numbers("logits")), "logits, absolute")
      .toBeLessThan(1e-5);

    const ours: Record<string, Float32Array> = {};
    const sink = (key: string, gradient: Tensor) => {
      ours[key] = gradient.dataSync() as Float32Array;
      gradient.dispose();
    };
    const loss = pairLossAndGradients(model, pairs, { seed: 0, sink }).dataSync();
    expect.soft(largestDifference(loss, numbers("loss")), "loss, absolute").toBeLessThan(1e-5);
    expect(Object.keys(ours).toSorted()).toEqual(Object.keys(gradients).toSorted());
    const worst = worstGradient(ours, gradients);
    expect.soft(worst.error, `gradients, relative; worst ${worst.name}`).toBeLessThan(1e-4);

    const { learningRate, beta1, beta2, epsilon, steps } = golden.optimizer;
    const optimizer = adam(model.parameters, { beta1, beta2, epsilon });
    const losses = Array.from(
      { length: steps },
      (_, step) => trainPairStep(model, optimizer, pairs, { seed: step, learningRate }).loss.dataSync()[0]!,
    );
    expect.soft(largestDifference(losses, numbers("losses")), "ten losses, absolute").toBeLessThan(1e-4);
  });
});
