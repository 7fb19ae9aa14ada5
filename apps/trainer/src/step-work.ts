/**
 * How much multiplying a token of training asks for, so that speed can be told as a share of what the machine was measured to
 * multiply. As is the custom, what is computed twice to save memory is not counted: it is the price, not the work.
 */
import { parameterShapes, type ReformerConfig } from "@reformer-ts/model";

/** A forward pass, and two products of the same size for the gradients of either factor. */
const passes = 3;

/**
 * @param length tokens in a window
 * @returns floating-point operations a token: two for every product that is added
 */
export function workPerToken(config: ReformerConfig, length: number): number {
  const dense = Object.entries(parameterShapes({ ...config, tieLayers: false, tieEmbeddings: false }))
    .filter(([name, shape]) => shape.length === 2 && !name.startsWith("embedding."))
    .reduce((sum, [, [rows, columns]]) => sum + rows! * columns!, 0);
  const attended = config.layers.reduce((sum, kind) => sum + keysOf(config, kind, length), 0);
  // Every key is multiplied with a query, and its value with a probability.
  return passes * 2 * (dense + 2 * attended * config.numHeads * config.dHead);
}

/** Keys that a query meets in a layer, all rounds together. */
function keysOf(config: ReformerConfig, kind: ReformerConfig["layers"][number], length: number): number {
  switch (kind) {
    case "full":
      return length;
    case "local":
      return Math.min(
        length,
        config.localChunkLength! * (1 + config.localChunksBefore! + config.localChunksAfter!),
      );
    case "lsh":
      return (
        config.numHashes *
        Math.min(length, config.chunkLength * (1 + config.chunksBefore + config.chunksAfter))
      );
  }
}
