import type { ReformerConfig } from "../config";
import type { Parameters } from "../parameters";
import type { MemoryOfLayer } from "./attend-one";

/** A layer's learned keys and values, on the host; null when the model has none. */
export async function readMemoryKeys(
  { numMemoryKeys: count, dHead }: ReformerConfig,
  parameters: Parameters,
  prefix: string,
): Promise<MemoryOfLayer | null> {
  if (count === 0) return null;
  const [keys, values] = await Promise.all(
    ["memoryKeys", "memoryValues"].map(
      async (name) => (await parameters.get(`${prefix}.${name}`).data()) as Float32Array,
    ),
  );
  return { keys: keys!.map((x) => x / Math.sqrt(dHead)), values: values!, count };
}
