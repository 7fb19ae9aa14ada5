/**
 * A model's way from one token to the next, on the host: weights are copied once, and then a token costs two products of
 * its vector with every weight, wherever the parameters live. Held against the full pass by test/decode.test.ts.
 */
import { bucketCount, resolveNumBuckets } from "@reformer-ts/lsh";
import { residualSeed } from "@reformer-ts/reversible";
import type { ReformerConfig } from "../../config";
import { expandedWidth } from "../../nonlinearity";
import { biasNames, projectionNames } from "../../parameters";
import type { Reformer } from "../../reformer";
import type { MemoryOfLayer } from "../attend-one";
import { layerCache, type LayerCache } from "../layer-cache";
import { layerRotations } from "../layer-rotations";
import { readMemoryKeys } from "../read-memory-keys";
import { hashRow, type HashRow } from "./hash-rows";
import { hostHead } from "./host-head";
import { hostTokens } from "./host-tokens";
import { hostWeights, type HostWeights } from "./host-weights";
import type { Dense } from "./products";
import { activateRows, addTo, rowNorm } from "./rows";
import type { SequenceStep } from "./sequence-step";

export interface HostModel {
  /** Bytes of the copied weights. */
  readonly bytes: number;
  /** What each layer of the model has to remember of one sequence. */
  emptyCaches(): LayerCache[];
  /** One more token of every sequence, its caches changed; logits of the next, `[vocabSize]` each. */
  step(sequences: readonly SequenceStep[]): Promise<Float32Array[]>;
  /**
   * The last layer for tokens that its caches remember already; logits of the next, `[vocabSize]` each.
   *
   * @param x1 `[rows, dModel]`, as the layer before left it; so x2
   * @param lastCaches that layer's, of each token's sequence
   */
  finish(x1: Float32Array, x2: Float32Array, lastCaches: readonly LayerCache[]): Float32Array[];
  /** A layer's learned keys and values. */
  memoryOf(layer: number): MemoryOfLayer | null;
}

interface HostLayer {
  norm(x: Float32Array): Float32Array;
  projections: Dense[];
  output: Dense;
  hash: HashRow | null;
  memory: MemoryOfLayer | null;
  feed(x: Float32Array, rows: number): Float32Array;
}

export async function readHostModel(model: Reformer): Promise<HostModel> {
  const { config } = model;
  const weights = hostWeights(model);
  const numBuckets = bucketCount(factorsOf(config));
  const layers: HostLayer[] = [];
  for (const layer of config.layers.keys()) layers.push(await readLayer(model, weights, layer));
  const embed = await hostTokens(model, weights);
  const predict = await hostHead(model, weights);
  const width = config.numHeads * config.dHead;

  const logitsOf = (x1: Float32Array, x2: Float32Array, rows: number) => {
    const logits = predict(x1, x2, rows);
    return Array.from({ length: rows }, (_, row) =>
      logits.subarray(row * config.vocabSize, (row + 1) * config.vocabSize),
    );
  };
  /** A layer's two halves, for rows that attend one by one. */
  const pass = (
    { output, feed }: HostLayer,
    { x1, x2, rows }: { x1: Float32Array; x2: Float32Array; rows: number },
    attend: (row: number, output: Float32Array) => void,
  ) => {
    const merged = new Float32Array(rows * width);
    for (let row = 0; row < rows; row++) attend(row, merged.subarray(row * width, (row + 1) * width));
    addTo(x1, output.apply(merged, rows));
    addTo(x2, feed(x1, rows));
  };

  return {
    get bytes() {
      return weights.products.bytes;
    },
    emptyCaches: () => config.layers.map((kind) => layerCache(config, kind, numBuckets)),
    memoryOf: (layer) => layers[layer]!.memory,
    async step(sequences) {
      const rows = sequences.length;
      const x1 = await embed(sequences);
      const x2 = x1.slice();
      for (const [i, layer] of layers.entries()) {
        const input = layer.norm(x2);
        const projected = layer.projections.map((projection) => projection.apply(input, rows));
        pass(layer, { x1, x2, rows }, (row, output) => {
          const ofToken = projected.map((values) => values.subarray(row * width, (row + 1) * width));
          const buckets = layer.hash?.(ofToken[0]!);
          sequences[row]!.caches[i]!.attend(ofToken, buckets, output, layer.memory);
        });
      }
      return logitsOf(x1, x2, rows);
    },
    finish(x1, x2, lastCaches) {
      const last = layers.at(-1)!;
      const rows = lastCaches.length;
      const streams = { x1: x1.slice(), x2: x2.slice(), rows };
      pass(last, streams, (row, output) => lastCaches[row]!.attendFromNewest(output, last.memory));
      return logitsOf(streams.x1, streams.x2, rows);
    },
  };
}

async function readLayer(model: Reformer, weights: HostWeights, layer: number): Promise<HostLayer> {
  const { config, parameters } = model;
  const { dModel, dFF, numHeads, dHead, layerNormEpsilon, activation } = config;
  const kind = config.layers[layer]!;
  const attention = `layers.${layer}.attention`;
  const feedForward = `layers.${layer}.feedForward`;
  const inner = numHeads * dHead;
  const expanded = expandedWidth(config);
  const { values, dense } = weights;
  const normOf = async (prefix: string) =>
    rowNorm(await values(`${prefix}.norm.scale`), await values(`${prefix}.norm.bias`), layerNormEpsilon);

  const biases = biasNames(config, kind);
  const projections: Dense[] = [];
  for (const [i, name] of projectionNames(config, kind).entries()) {
    const bias = biases[i] && `${attention}.${biases[i]}`;
    projections.push(await dense(`${attention}.${name}`, dModel, inner, bias));
  }
  const rotations = layerRotations(config, layer, residualSeed(config.hashSeed, layer, "f"));
  const hash = rotations && (await hashRow(weights.products, rotations, factorsOf(config)));
  rotations?.dispose();
  const [norm, feedNorm] = [await normOf(attention), await normOf(feedForward)];
  const expand = await dense(`${feedForward}.expand.weight`, dModel, expanded, `${feedForward}.expand.bias`);
  const contract = await dense(`${feedForward}.contract.weight`, dFF, dModel, `${feedForward}.contract.bias`);
  return {
    norm,
    projections,
    output: await dense(`${attention}.output`, inner, dModel),
    hash,
    memory: await readMemoryKeys(config, parameters, attention),
    feed: (x, rows) => contract.apply(activateRows(activation, expand.apply(feedNorm(x), rows), dFF), rows),
  };
}

const factorsOf = (config: ReformerConfig) =>
  resolveNumBuckets(config.numBuckets, { ...config, length: config.maxLength });
