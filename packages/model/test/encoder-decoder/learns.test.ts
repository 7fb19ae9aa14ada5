/** From random weights to a task that neither side can do alone: write the source backwards. */
import { Random } from "@reformer-ts/internal-random";
import { expect, it } from "vitest";
import {
  adam,
  createEncoderDecoder,
  initializeEncoderDecoder,
  resolveEncoderDecoder,
  trainPairStep,
  translate,
  type PairBatch,
} from "../../src/index";

const longest = 5;
const [first, vocabSize] = [2, 10];
const random = Random.fromSeed(1);

/** 3 to 5 tokens. */
function drawSource(): number[] {
  const length = 3 + random.integer(longest - 2);
  return Array.from({ length }, () => first + random.integer(vocabSize - first));
}

function drawPairs(batch: number): PairBatch {
  const length = longest + 1;
  const source = new Int32Array(batch * length);
  const inputs = new Int32Array(batch * length);
  const targets = new Int32Array(batch * length).fill(-1);
  for (let row = 0; row < batch; row++) {
    const tokens = drawSource();
    source.set([...tokens, 1], row * length);
    inputs.set([0, ...tokens.toReversed()], row * length);
    targets.set([...tokens.toReversed(), 1], row * length);
  }
  return { source, sourceLength: length, inputs, targets, batch, length };
}

it("learns to write backwards what it reads", async () => {
  const config = resolveEncoderDecoder({
    vocabSize,
    dModel: 32,
    dFF: 64,
    numHeads: 4,
    dHead: 8,
    encoderLayers: ["full"],
    decoderLayers: ["full"],
    positions: "learned",
    maxLength: longest + 1,
  });
  const parameters = initializeEncoderDecoder(config, 0);
  const model = createEncoderDecoder(config, parameters);
  const optimizer = adam(parameters, { beta2: 0.98 });
  for (let step = 1; step <= 130; step++) {
    const options = { seed: step, learningRate: 0.005 * Math.min(1, step / 30, (131 - step) / 60) };
    const { loss } = trainPairStep(model, optimizer, drawPairs(32), options);
    loss.dispose();
  }
  const sources = Array.from({ length: 40 }, drawSource);
  const asked = sources.map((tokens) => Int32Array.from([...tokens, 1]));
  for (const beamSize of [1, 4]) {
    const written = await translate(model, asked, { maxTokens: longest + 1, beamSize });
    const right = written.filter((tokens, i) => tokens.join() === sources[i]!.toReversed().join());
    expect(right.length).toBeGreaterThanOrEqual(38);
  }
  optimizer.dispose();
  parameters.dispose();
});
