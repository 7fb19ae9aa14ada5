/** What the README shows is run as it stands there. */
import { readFileSync } from "node:fs";
import * as core from "@tensorflow/tfjs-core";
import * as tfLayers from "@tensorflow/tfjs-layers";
import { expect, test } from "vitest";
import { normal } from "./residuals";
import * as reversible from "../src";
import * as reversibleLayers from "../src/layers";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const examples = [...readme.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code!);
const tf = { ...core, ...tfLayers };

/** Runs an example, its imports replaced by arguments and its initial weights always the same, and gives what it defined under `name`. */
function run(code: string, name: string): unknown {
  const body = code.replaceAll(/^import .*$/gm, "");
  const names = { ...reversible, ...reversibleLayers, tf };
  // oxlint-disable-next-line typescript/no-implied-eval -- the code is our own README
  const example = new Function(...Object.keys(names), `${body}\nreturn ${name};`);
  return reversible.replayRandom(1, () => example(...Object.values(names)) as unknown);
}

test("the stack of the first example learns", () => {
  const step = run(examples[0]!, "step") as (
    x: core.Tensor,
    target: core.Tensor,
    seed: number,
  ) => core.Scalar;
  const x = normal([8, 16], 1, "x");
  const target = core.zerosLike(x);
  const losses = Array.from({ length: 40 }, (_, i) => step(x, target, i).dataSync()[0]!);
  expect(losses.at(-1)!).toBeLessThan(0.8 * losses[0]!);
});

test("the model of the second example trains", async () => {
  const model = run(examples[1]!, "model") as tfLayers.Sequential;
  model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  const { history } = await model.fit(normal([8, 4], 1, "x"), normal([8, 1], 1, "y"), {
    epochs: 5,
    verbose: 0,
  });
  const losses = history["loss"] as number[];
  expect(losses.at(-1)!).toBeLessThan(losses[0]!);
});

test("every example is one of those run here", () => {
  expect(examples).toHaveLength(2);
});
