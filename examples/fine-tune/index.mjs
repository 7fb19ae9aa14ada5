/**
 * Somebody else's model, taught something new. In ./checkpoint is the one that Trax' authors trained to copy, converted for TensorFlow.js:
 * after `0 w 0` it goes on with w. Here it learns to go on with every symbol raised by one.
 *
 *     npm start [FOLDER TO WRITE]
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs";
import { adam, createReformer, generate, loadTfjs, parametersFromState } from "@reformer-ts/model";
import { readParameters, tfjsFiles, trainStep } from "@reformer-ts/model";

tf.env().set("PROD", true); // tfjs says nothing of faster backends: for a model this small plain JavaScript will do
const where = fileURLToPath(new URL("checkpoint", import.meta.url));
const { config, state } = await loadTfjs({
  where,
  read: (name) => readFile(join(where, name)).catch(() => null),
});
const parameters = parametersFromState(config, state, where);
const model = createReformer(config, parameters);

/** Draws from 0 … 9, the same in every run. */
let drawn = 1;
const draw = () => (drawn = (drawn * 48271) % 2147483647) % 10;

const [batch, half] = [8, 6]; // sequences in a batch; symbols of w
const length = 2 * half + 3;

/**
 * Sequences `0 0 w 0 v`, where v is w raised by one (10 becomes 1); the first 0 is what models of Trax see in front of everything. What is
 * asked, as `targets`, is v alone: -1 asks nothing.
 */
function examples() {
  const inputs = new Int32Array(batch * length);
  const targets = new Int32Array(batch * length).fill(-1);
  for (let row = 0; row < batch; row++) {
    for (let i = 0; i < half; i++) {
      const symbol = 1 + draw();
      const [read, written] = [row * length + 2 + i, row * length + half + 3 + i];
      inputs[read] = symbol;
      inputs[written] = targets[written - 1] = (symbol % 10) + 1;
    }
  }
  return { inputs, targets, batch, length };
}

const word = [3, 7, 5, 3, 2, 4];
/** What the model goes on with after the word. */
async function answer() {
  const written = [];
  const prompt = Int32Array.of(0, 0, ...word, 0);
  for await (const token of generate(model, prompt, { maxTokens: word.length, temperature: 0 }))
    written.push(token);
  return written.join(" ");
}

console.log(`before: ${word.join(" ")} is answered by ${await answer()}`);
const steps = Number(process.env.STEPS ?? 100);
const optimizer = adam(parameters);
for (let step = 1; step <= steps; step++) {
  const { loss } = trainStep(model, optimizer, examples(), { seed: step, learningRate: 0.003, clipNorm: 1 });
  if (step === 1 || step % 20 === 0 || step === steps)
    console.log(`step ${step}, loss ${(await loss.data())[0].toFixed(3)}`);
  loss.dispose();
}
console.log(`after:  ${word.join(" ")} is answered by ${await answer()}`);

const to = process.argv[2];
if (to !== undefined) {
  const files = tfjsFiles({ config, state: await readParameters(parameters) });
  await mkdir(to, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(to, name), bytes);
  console.log(`wrote ${Object.keys(files).join(", ")} to ${to}`);
}
