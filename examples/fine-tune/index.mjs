/**
 * A checkpoint in transformers' format, taken up where somebody else's training ended: loaded, trained on other data, written as files that
 * transformers opens. The one here is tiny and random; `reformer train --init google/reformer-crime-and-punishment` does
 * the same with a real one from the command line.
 *
 *     node fine-tune/index.mjs [FOLDER WITH config.json AND model.safetensors] [FOLDER TO WRITE]
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { batches, randomWindows, tokensOf } from "@reformer-ts/data";
import {
  adam,
  createReformer,
  loadTransformers,
  readParameters,
  parametersFromState,
  transformersFiles,
  trainStep,
} from "@reformer-ts/model";
import { openBackend } from "../backend.mjs";

await openBackend();
const tiny = fileURLToPath(new URL("../../packages/model/test/golden/transformers-mixed", import.meta.url));
const [from = tiny, to] = process.argv[1] === fileURLToPath(import.meta.url) ? process.argv.slice(2) : [];

const { config, state } = await loadTransformers({
  where: from,
  read: (name) => readFile(join(from, name)).catch(() => null),
});
const parameters = parametersFromState(config, state, from);
const model = createReformer(config, parameters);
const optimizer = adam(parameters);

// What to learn: a sequence that counts. Windows of a text, as tokens, would stand here.
const length = Math.min(64, config.maxLength);
const tokens = tokensOf(Int32Array.from({ length: 4096 }, (_, i) => i % Math.min(10, config.vocabSize)));
const reader = batches(randomWindows(tokens, { length, seed: 1 }), { batch: 2 });
export const losses = [];
for (let step = 1; step <= 20; step++) {
  const { inputs, targets } = reader.next();
  const batch = { inputs, targets, batch: 2, length };
  const { loss } = trainStep(model, optimizer, batch, { seed: step, learningRate: 0.003 });
  losses.push((await loss.data())[0]);
  loss.dispose();
}
console.log(`loss ${losses[0].toFixed(3)}, after ${losses.length} steps ${losses.at(-1).toFixed(3)}`);

export const files = transformersFiles({ config, state: await readParameters(parameters) });
if (to !== undefined) {
  await mkdir(to, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(to, name), bytes);
  console.log(`wrote ${Object.keys(files).join(", ")} to ${to}`);
}
