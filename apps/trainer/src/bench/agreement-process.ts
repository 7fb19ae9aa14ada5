/**
 * A program of its own, `node bench-agreement.js <spec as JSON>`: a text is read token by token from the decoder's cache,
 * and at some places by a full pass over all that came before. Prints as JSON how far the two predictions agree.
 */
import { createDecoder, encode, type Reformer } from "@reformer-ts/model";
import { reshape, slice, tensor2d, tidy, type Tensor, type Tensor2D } from "@tensorflow/tfjs-core";
import { openModel, requireTokenizer } from "../commands/model-of";
import { openText } from "../corpus";

interface AgreementSpec {
  checkpoint: string;
  file: string;
  backend: string;
  /** Tokens that the decoder reads in one pass, and tokens that it reads after them, one by one. */
  prompt: number;
  tokens: number;
  /** Tokens from one comparison to the next. */
  every: number;
}

const spec: AgreementSpec = JSON.parse(process.argv[2]!);
const silent = { out: () => {}, err: () => {}, interactive: false };
const { model, checkpoint, dispose } = await openModel(silent, spec.checkpoint, spec);
const opened = openText(spec.file, requireTokenizer(checkpoint));
const text = opened.tokens.read(0, spec.prompt + spec.tokens + 1);

const decoder = createDecoder(model);
await decoder.read([text.slice(0, spec.prompt)]);
let [compared, sameToken, cachedBits, fullBits, largest] = [0, 0, 0, 0, 0];
for (let length = spec.prompt; length < text.length - 1; length++) {
  await decoder.append([text[length]!]);
  if ((length + 1 - spec.prompt) % spec.every !== 0) continue;
  const cached = decoder.logits[0]!;
  const full = await fullPass(model, text.subarray(0, length + 1));
  const next = text[length + 1]!;
  const [ofCached, ofFull] = [bitsOf(cached, next), bitsOf(full, next)];
  compared++;
  if (likeliest(cached) === likeliest(full)) sameToken++;
  cachedBits += ofCached;
  fullBits += ofFull;
  largest = Math.max(largest, Math.abs(ofCached - ofFull));
}
const { routing } = model.config;
process.stdout.write(
  `${JSON.stringify({ routing, compared, sameToken, cachedBits: cachedBits / compared, fullBits: fullBits / compared, largest })}\n`,
);
decoder.dispose();
dispose();

/** Logits of what follows `tokens`, by a pass over all of them. */
async function fullPass(reformer: Reformer, tokens: Int32Array): Promise<Float32Array> {
  const logits = tidy(() => {
    const ids = tensor2d(Int32Array.from(tokens), [1, tokens.length], "int32");
    const { x1, x2 } = encode(reformer, ids);
    const last = (x: Tensor) => reshape(slice(x, [0, tokens.length - 1, 0], [1, 1, -1]), [1, -1]) as Tensor2D;
    return reformer.head.logits(last(x1), last(x2));
  });
  const values = (await logits.data()) as Float32Array;
  logits.dispose();
  return values;
}

function bitsOf(logits: Float32Array, token: number): number {
  const highest = Math.max(...logits);
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit - highest), 0);
  return (Math.log(total) + highest - logits[token]!) / Math.LN2;
}

function likeliest(logits: Float32Array): number {
  return logits.indexOf(Math.max(...logits));
}
