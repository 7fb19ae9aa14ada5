/**
 * Writing one token at a time. Dense layers run on the backend for all sequences together; attention, which for one
 * query is a few thousand multiplications, runs on the host over cached keys. An LSH or local layer looks at the same
 * number of keys wherever it stands, so the cost of a token does not grow with the context; only a full layer's does.
 *
 * For local, full and strictly routed LSH layers the logits are those of the full pass. Classic LSH routing sorts later
 * tokens among earlier ones, so there what an earlier token attended to is kept as it was when the token was written.
 */
import {
  add,
  reshape,
  slice,
  tensor2d,
  tidy,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
} from "@tensorflow/tfjs-core";
import { residualSeed, type Streams } from "@reformer-ts/reversible";
import type { Pass } from "../pass";
import type { Reformer } from "../reformer";
import { cachedAttention, type CachedAttention } from "./cached-attention";

export interface Decoder {
  /**
   * Reads prompts of one length in one parallel pass.
   *
   * @param prompts `[batch, length]`, at least one token
   * @returns logits of the next token, `[vocabSize]` per sequence
   */
  read(prompts: readonly Int32Array[]): Promise<Float32Array[]>;
  /** Appends one token per sequence and returns the logits of the next. */
  append(tokens: readonly number[]): Promise<Float32Array[]>;
  dispose(): void;
}

/** Nothing is dropped while writing. */
const pass: Pass = { training: false };

export function createDecoder(model: Reformer): Decoder {
  const { config, parameters } = model;
  const blocks = model.blocks(pass);
  const attentions = config.layers.map((_, layer) => {
    const seed = residualSeed(config.hashSeed, layer, "f");
    return cachedAttention(config, parameters, { layer, seed });
  });
  let length = 0;

  /** The reversible stack, with the pass of every attention layer given from outside. */
  const run = async (
    x: Tensor3D,
    attend: (attention: CachedAttention, x2: Tensor3D) => Promise<Tensor3D>,
  ) => {
    let x1 = x;
    let x2 = x.clone() as Tensor3D;
    for (const [i, attention] of attentions.entries()) {
      x1 = replaceBySum(x1, await attend(attention, x2));
      const fed = blocks[i]!.g.forward(x1, 0);
      x2 = replaceBySum(x2, fed.y as Tensor3D);
    }
    return { x1, x2 };
  };

  /** Logits of the last position of every sequence. Takes the streams. */
  const predict = async ({ x1, x2 }: Streams): Promise<Float32Array[]> => {
    const last = x1.shape[1]! - 1;
    const logits = tidy(() => {
      const [row1, row2] = [x1, x2].map((x) => reshape(sliceLast(x, last), [-1, config.dModel]) as Tensor2D);
      return model.head.logits(row1!, row2!);
    });
    const values = (await logits.data()) as Float32Array;
    for (const used of [x1, x2, logits]) used.dispose();
    return rows(values, config.vocabSize);
  };

  return {
    async read(prompts) {
      length = prompts[0]!.length;
      for (const attention of attentions) attention.start(prompts.length);
      return predict(await run(embed(model, prompts, 0), (attention, x2) => attention.read(x2)));
    },

    async append(tokens) {
      const newest = tokens.map((token) => Int32Array.of(token));
      const x = embed(model, newest, length++);
      return predict(await run(x, (attention, x2) => attention.append(x2)));
    },

    dispose() {
      for (const attention of attentions) attention.dispose();
    },
  };
}

/** `[batch, length, dModel]` for tokens that begin at position `start`. */
function embed(model: Reformer, tokens: readonly Int32Array[], start: number): Tensor3D {
  const length = tokens[0]!.length;
  return tidy(() => {
    const ids = tensor2d(
      Int32Array.from(tokens.flatMap((row) => [...row])),
      [tokens.length, length],
      "int32",
    );
    return model.embedding(pass).forward(ids, 0, start);
  });
}

function sliceLast(x: Tensor, last: number): Tensor {
  return x.shape[1] === 1 ? x.clone() : slice(x, [0, last], [-1, 1]);
}

/** `x + y` in place of both. */
export function replaceBySum(x: Tensor3D, y: Tensor3D): Tensor3D {
  const sum = add(x, y) as Tensor3D;
  x.dispose();
  y.dispose();
  return sum;
}

/** `values` in rows of `width`: views, not copies. */
export function rows(values: Float32Array, width: number): Float32Array[] {
  return Array.from({ length: values.length / width }, (_, i) => values.subarray(i * width, (i + 1) * width));
}
