/**
 * A program of its own, `node bench-decode.js <spec as JSON>`: reads prompts, writes on, and prints as JSON how fast. In a
 * process of its own, because a process's peak memory never falls.
 */
import {
  continueWith,
  createDecoder,
  createReformer,
  initializeParameters,
  resolveConfig,
} from "@reformer-ts/model";
import { openBackend } from "../backend";

export interface DecodeSpec {
  backend: string;
  /** Tokens of each prompt. */
  length: number;
  /** Tokens to write, timed in parts. */
  tokens: number;
  /** Prompts that are written on at once. */
  sequences: number;
  routing: "classic" | "strict";
}

const { backend, length, tokens, sequences, routing }: DecodeSpec = JSON.parse(process.argv[2]!);
const parts = 8;

await openBackend(backend);
// The shape of google/reformer-crime-and-punishment.
const config = resolveConfig({
  vocabSize: 320,
  dModel: 256,
  dFF: 512,
  numHeads: 2,
  dHead: 64,
  chunkLength: 64,
  numHashes: 1,
  numBuckets: [64, 128],
  layers: ["local", "lsh", "local", "lsh", "local", "lsh"],
  maxLength: 524_288,
  positions: "axial",
  axialShape: [512, 1024],
  axialDims: [64, 192],
  routing,
});
const parameters = initializeParameters(config, 1);
const decoder = createDecoder(createReformer(config, parameters));
const prompt = Int32Array.from({ length }, (_, i) => (Math.imul(i, 2_654_435_761) >>> 8) % 320);

const start = performance.now();
await decoder.read(Array.from({ length: sequences }, () => prompt));
const secondsReading = (performance.now() - start) / 1000;

const write = async (count: number) => {
  for await (const _ of continueWith(decoder, { maxTokens: count, temperature: 0 }));
};
await write(64);
const rates: number[] = [];
for (let part = 0; part < parts; part++) {
  const from = performance.now();
  await write(tokens / parts);
  rates.push(((tokens / parts) * sequences * 1000) / (performance.now() - from));
}
rates.sort((a, b) => a - b);

process.stdout.write(
  `${JSON.stringify({
    length,
    sequences,
    tokensPerSecond: (rates[parts / 2 - 1]! + rates[parts / 2]!) / 2,
    secondsReading,
    cacheBytes: decoder.bytes.caches,
    weightBytes: decoder.bytes.weights,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  })}\n`,
);
decoder.dispose();
parameters.dispose();
