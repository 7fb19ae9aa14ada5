/** The messages that the page on troubleshooting explains are ones that the packages say, word for word. */
import "@tensorflow/tfjs-backend-cpu";
import { readFileSync } from "node:fs";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { byteTokenizer } from "../packages/data/src/index";
import { lshAttention } from "../packages/lsh/src/index";
import * as model from "../packages/model/src/index";

const page = readFileSync(new URL("../tools/docs/pages/troubleshooting.md", import.meta.url), "utf8");
const explained = page
  .split("## Messages")[1]!
  .split("\n## ")[0]!
  .split("\n")
  .flatMap((line) => /^\| `(.*)` \| /.exec(line.replace(/ +\|/g, " |"))?.[1] ?? []);

const small = {
  vocabSize: 256,
  dModel: 16,
  dFF: 16,
  layers: ["local" as const],
  maxLength: 64,
  chunkLength: 16,
};
const modelOf = (options: model.ReformerOptions) => {
  const config = model.resolveConfig({ ...small, ...options });
  return model.createReformer(config, model.initializeParameters(config, 0));
};
const batch = (inputs: Int32Array) => ({ inputs, targets: inputs, batch: 1, length: inputs.length });
const trax = "../packages/model/test/samples/reformerlm_copy.pkl.gz";

/** A mistake of each kind, in the order of the page. */
const mistakes: (() => unknown)[] = [
  () => model.resolveConfig({ numhashes: 2 }),
  () => model.resolveConfig({ maxLength: 4096, axialShape: [60, 60] }),
  () => model.evaluateBatch(modelOf({}), batch(new Int32Array(100))),
  () => model.evaluateBatch(modelOf({}), batch(Int32Array.of(1, 2, 300))),
  () => {
    const nothing = { ...batch(new Int32Array(4)), targets: new Int32Array(4).fill(-1) };
    const { parameters, ...rest } = modelOf({});
    model.trainStep({ parameters, ...rest }, model.adam(parameters), nothing, { seed: 1, learningRate: 1 });
  },
  () => model.generate(modelOf({ causal: false }), Int32Array.of(1), { maxTokens: 1 }).next(),
  () => model.generate(modelOf({}), new Int32Array(0), { maxTokens: 1 }).next(),
  () => lshAttention(tf.ones([1, 2, 64, 8]), tf.ones([1, 2, 32, 8]), { chunkLength: 16, numBuckets: 4 }),
  () => lshAttention(tf.ones([1, 2, 64, 8]), tf.ones([1, 2, 64, 8]), { chunkLength: 16, numBuckets: 5 }),
  async () => {
    const where = "copy.pkl.gz";
    const weights = await model.readTraxFile(readFileSync(new URL(trax, import.meta.url)), {
      where,
      beside: async () => null,
    });
    model.modelFromTrax(weights, {}, where);
  },
  () => model.transformersFiles({ config: model.resolveConfig({ ...small, headBias: true }), state: {} }),
  () => byteTokenizer().decode(Int32Array.of(256)),
];

beforeAll(async () => {
  await tf.setBackend("cpu");
  tf.engine().startScope();
});
afterAll(() => tf.engine().endScope());

it("are explained", async () => {
  const said: string[] = [];
  for (const mistake of mistakes) {
    const error = await Promise.resolve()
      .then(mistake)
      .catch((cause: Error) => cause);
    const { name, message } = error as Error;
    expect(name).toBe("InputError");
    said.push(message.replace(/ another of .*/, " another of …"));
  }
  expect(said).toEqual(explained);
});
