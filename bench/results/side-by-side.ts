/**
 * This package and transformers, trained from the same weights on the same batches with the same optimizer, and measured
 * on the same text. Everything that they share is written to one folder, which `side_by_side.py` reads.
 */
import { bitsPerByte } from "@reformer-ts/data";
import {
  adam,
  createReformer,
  evaluateBatch,
  initializeParameters,
  learningRateAt,
  readParameters,
  resolveConfig,
  trainStep,
  transformersFiles,
  type Batch,
} from "@reformer-ts/model";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openText } from "./corpora";
import { onceMeasured } from "./result-files";

const [length, batch, steps, every] = [1024, 2, 120, 20];
const schedule = { kind: "cosine", peak: 1e-3, warmup: 20, total: steps } as const;
const config = resolveConfig({
  dModel: 256,
  dFF: 512,
  numHeads: 2,
  dHead: 64,
  layers: ["local", "lsh", "local", "lsh"],
  maxLength: length,
  axialShape: [32, 32],
  axialDims: [64, 192],
  numHashes: 2,
  initializerRange: 0.02,
  embeddingRange: 0.02,
  // Both draw the same rotations, in every step.
  torchHashSeed: 0,
});
/** One with torch and transformers; `run.mjs` makes it. */
const python = process.env["REFORMER_PYTHON"] ?? "python3";

export interface SideBySideResult {
  steps: number;
  batch: number;
  length: number;
  /** Loss of every step, in bits per byte. */
  training: number[];
  /** Bytes learnt from, and bits per byte held out. */
  heldOut: [bytes: number, bits: number][];
  /** Of the peer: versions. */
  versions?: string;
}

/** @param path of a text; without it the novel */
export async function measureSideBySide(path?: string): Promise<void> {
  const name = path === undefined ? "novel" : "markup";
  const corpus = openText(length, path);
  const reader = corpus.training(batch);
  const train = Array.from({ length: steps }, () => reader.next());
  const heldOut = [...corpus.heldOut(batch)];
  const command = path === undefined ? "transformers" : "transformers FILE";
  const rates = train.map((_, i) => learningRateAt(schedule, i + 1));

  await onceMeasured(`transformers-${name}-theirs`, command, async () => {
    const folder = mkdtempSync(join(tmpdir(), "side-by-side-"));
    await writeShared(folder);
    writeBatches(join(folder, "train.bin"), train);
    writeBatches(join(folder, "held-out.bin"), heldOut);
    writeFileSync(join(folder, "plan.json"), JSON.stringify({ length, batch, rates, every }));
    const script = fileURLToPath(new URL("side_by_side.py", import.meta.url));
    execFileSync(python, [script, folder], { stdio: ["ignore", "inherit", "inherit"] });
    const measured = JSON.parse(readFileSync(join(folder, "result.json"), "utf8")) as {
      training: number[];
      heldOut: number[];
      versions: string;
    };
    const { versions } = measured;
    return { ...inBits(measured), versions };
  });
  await onceMeasured(`transformers-${name}-ours`, command, async () => inBits(await ours()));
  corpus.close();

  /** @returns nats per byte of every step, and nats of the whole part held out */
  async function ours() {
    const parameters = initializeParameters(config, 1);
    const model = createReformer(config, parameters);
    const optimizer = adam(parameters, { beta2: 0.98 });
    const measured = { training: [] as number[], heldOut: [] as number[] };
    for (const [i, { inputs, targets }] of train.entries()) {
      const how = { seed: i, learningRate: rates[i]! };
      const { loss } = trainStep(model, optimizer, { inputs, targets, batch, length }, how);
      measured.training.push((await loss.data())[0]!);
      loss.dispose();
      if ((i + 1) % every > 0) continue;
      let total = 0;
      for (const { inputs: asked, targets: answers, shape } of heldOut) {
        const part: Batch = { inputs: asked, targets: answers, batch: shape[0], length };
        const { nats } = evaluateBatch(model, part);
        total += (await nats.data())[0]!;
        nats.dispose();
      }
      measured.heldOut.push(total);
      console.log(`ours, step ${i + 1}: ${bitsPerByte(total, corpus.heldOutTokens).toFixed(4)}`);
    }
    optimizer.dispose();
    parameters.dispose();
    return measured;
  }

  function inBits(measured: { training: number[]; heldOut: number[] }): SideBySideResult {
    return {
      steps,
      batch,
      length,
      training: measured.training.map((nats) => nats / Math.LN2),
      heldOut: measured.heldOut.map((nats, i) => [
        (i + 1) * every * batch * length,
        bitsPerByte(nats, corpus.heldOutTokens),
      ]),
    };
  }
}

/** The model before its first step, as a folder that transformers opens. */
async function writeShared(folder: string): Promise<void> {
  const parameters = initializeParameters(config, 1);
  const files = transformersFiles({ config, state: await readParameters(parameters) });
  parameters.dispose();
  mkdirSync(join(folder, "model"));
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(folder, "model", name), bytes);
}

/** Every batch as int32: its inputs, then its targets. */
function writeBatches(path: string, list: readonly { inputs: Int32Array; targets: Int32Array }[]): void {
  writeFileSync(
    path,
    Buffer.concat(list.flatMap(({ inputs, targets }) => [bytesOf(inputs), bytesOf(targets)])),
  );
}

const bytesOf = (array: Int32Array) => new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
