/**
 * Learned keys and values that every query sees besides the sequence (Sukhbaatar et al. 2019, arXiv 1907.01470), one
 * softmax over both.
 *
 * Chunked attention leaves an output and a log-normaliser per query, so more keys can be merged in afterwards, exactly:
 * with z of the sequence and s of the memory, `Z = log(exp(z) + sum exp(s))`, `output' = output exp(z - Z) + sum exp(s - Z) v`.
 * The backward pass of the sequence's attention then needs no more than the merged output and Z. Memory stands nowhere:
 * it is met before rotary positions turn a query, it is not hashed, and its weights are not dropped.
 */
import {
  add,
  concat,
  exp,
  expandDims,
  logSumExp as reduceLogSumExp,
  matMul,
  mul,
  reshape,
  sub,
  sum,
  tidy,
  transpose,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
} from "@tensorflow/tfjs-core";
import { hold, type AttentionMechanism } from "./attention-mechanism";
import type { ReformerConfig } from "./config";
import type { Parameters } from "./parameters";

/**
 * @param prefix of the parameters' names: `memoryKeys` and `memoryValues`, each `[heads, numMemoryKeys, depth]`
 * @returns the mechanism itself when the model has no memory keys
 */
export function withMemoryKeys(
  { numMemoryKeys }: ReformerConfig,
  parameters: Parameters,
  prefix: string,
  mechanism: AttentionMechanism,
): AttentionMechanism {
  if (numMemoryKeys === 0) return mechanism;
  const memory = (name: "memoryKeys" | "memoryValues") => parameters.get(`${prefix}.${name}`) as Tensor3D;
  /** `[heads, rows, numMemoryKeys]` for queries `[heads, rows, depth]` */
  const scoresOf = (queries: Tensor3D) =>
    mul(matMul(queries, memory("memoryKeys"), false, true), 1 / Math.sqrt(queries.shape[2]));

  return {
    ...mechanism,

    attend(projections, seed, before) {
      const { attended, saved } = mechanism.attend(projections, seed, before);
      const { output, logSumExp, buckets } = attended;
      const shape = output.shape;
      const merged = tidy(() => {
        const scores = scoresOf(rowsByHead(projections[0]!));
        const z = rowsByHead(expandDims(logSumExp, 3) as Tensor4D);
        const total = reduceLogSumExp(concat([z, scores], 2), 2, true);
        const ofMemory = matMul(exp(sub(scores, total)), memory("memoryValues"));
        const all = add(mul(rowsByHead(output), exp(sub(z, total))), ofMemory);
        return {
          output: fromRowsByHead(all, shape),
          logSumExp: reshape(fromRowsByHead(total, [...shape.slice(0, 3), 1]), shape.slice(0, 3)),
        };
      });
      output.dispose();
      logSumExp.dispose();
      return { attended: hold({ ...merged, projections, buckets }), saved };
    },

    pull(dOutput, attended, seed, sink) {
      const [dFirst, ...dOthers] = mechanism.pull(dOutput, attended, seed, sink);
      const pulled = tidy(() => {
        const queries = rowsByHead(attended.projections[0]!);
        const dOutputs = rowsByHead(dOutput);
        const total = rowsByHead(expandDims(attended.logSumExp, 3) as Tensor4D);
        const weights = exp(sub(scoresOf(queries), total));
        const alignment = sum(mul(dOutputs, rowsByHead(attended.output)), 2, true);
        const dWeights = matMul(dOutputs, memory("memoryValues"), false, true);
        const dScores = mul(mul(weights, sub(dWeights, alignment)), 1 / Math.sqrt(queries.shape[2]));
        const dQueries = matMul(dScores, memory("memoryKeys")) as Tensor3D;
        return {
          dFirst: add(dFirst!, fromRowsByHead(dQueries, dOutput.shape)),
          dKeys: matMul(dScores, queries, true),
          dValues: matMul(weights, dOutputs, true),
        };
      });
      dFirst!.dispose();
      sink(`${prefix}.memoryKeys`, pulled.dKeys);
      sink(`${prefix}.memoryValues`, pulled.dValues);
      return [pulled.dFirst, ...dOthers];
    },
  };
}

/** `[batch, heads, length, size]` to `[heads, batch * length, size]` */
function rowsByHead(x: Tensor4D): Tensor3D {
  const [, heads, , size] = x.shape;
  return reshape(transpose(x, [1, 0, 2, 3]), [heads, -1, size]);
}

/** Back to `shape`, `[batch, heads, length, size]`. */
function fromRowsByHead(rows: Tensor, shape: number[]): Tensor4D {
  const [batch, heads, length, size] = shape as [number, number, number, number];
  return transpose(reshape(rows, [heads, batch, length, size]), [1, 0, 2, 3]) as Tensor4D;
}
