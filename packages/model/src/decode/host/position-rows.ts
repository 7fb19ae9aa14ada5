/** Position vectors on the host. The model's own encoding makes them, a block at a time, so there is one of each kind. */
import { mostPositions, type ReformerConfig } from "../../config";
import type { Parameters } from "../../parameters";
import { positionEncoding } from "../../positions";

const blockLength = 256;

/** `[dModel]` of a position; null where the embedding has no positions. */
export type PositionRow = (position: number) => Promise<Float32Array> | null;

export function positionRow(config: ReformerConfig, parameters: Parameters): PositionRow {
  const encoding = positionEncoding(config, parameters);
  const { dModel } = config;
  const ends = mostPositions(config);
  // Sequences of a batch stand at different places; what none has asked for lately is let go.
  const blocks = new Map<number, Promise<Float32Array>>();

  const readBlock = async (block: number): Promise<Float32Array> => {
    const start = block * blockLength;
    const vectors = encoding!.forward(Math.min(blockLength, ends - start), start);
    const values = (await vectors.data()) as Float32Array;
    vectors.dispose();
    return values;
  };

  return (position) => {
    if (encoding === null) return null;
    const block = Math.floor(position / blockLength);
    const values = blocks.get(block) ?? readBlock(block);
    blocks.delete(block);
    blocks.set(block, values);
    if (blocks.size > 64) blocks.delete(blocks.keys().next().value!);
    const from = (position % blockLength) * dModel;
    return values.then((vectors) => vectors.subarray(from, from + dModel));
  };
}
