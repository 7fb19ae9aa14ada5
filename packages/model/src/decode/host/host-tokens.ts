/** From a token and its position to a vector, on the host. */
import type { Reformer } from "../../reformer";
import type { HostWeights } from "./host-weights";
import { positionRow } from "./position-rows";
import { addTo } from "./rows";
import type { SequenceStep } from "./sequence-step";

/** @returns a function to `[sequences, dModel]` */
export async function hostTokens({ config, parameters }: Reformer, { values, dense }: HostWeights) {
  const { dModel, embeddingDims } = config;
  const table = await values("embedding.tokens");
  const width = embeddingDims ?? dModel;
  const projection =
    embeddingDims === null ? null : await dense("embedding.projection", embeddingDims, dModel);
  const positionOf = positionRow(config, parameters);

  return async (sequences: readonly Pick<SequenceStep, "token" | "position">[]): Promise<Float32Array> => {
    const looked = new Float32Array(sequences.length * width);
    for (const [row, { token }] of sequences.entries())
      looked.set(table.subarray(token * width, (token + 1) * width), row * width);
    const x = projection ? projection.apply(looked, sequences.length) : looked;
    for (const [row, { position }] of sequences.entries()) {
      const vector = positionOf(position);
      if (vector) addTo(x.subarray(row * dModel, (row + 1) * dModel), await vector);
    }
    return x;
  };
}
