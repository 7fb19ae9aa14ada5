import type { InspectedRow } from "../inspect-attention";
import type { AttendedPositions } from "./layer-cache";

/** A row per head, each position once, in order. */
export function attendedRows(
  heads: readonly AttendedPositions[],
  { batch, query }: { batch: number; query: number },
): InspectedRow[] {
  return heads.map(({ positions, weights }, head) => {
    const byPosition = new Map<number, number>();
    positions.forEach((position, i) => {
      if (weights[i]! > 0) byPosition.set(position, (byPosition.get(position) ?? 0) + weights[i]!);
    });
    const keys = [...byPosition]
      .map(([position, weight]) => ({ position, weight }))
      .toSorted((a, b) => a.position - b.position);
    return { batch, head, query, keys, memory: [...weights.subarray(positions.length)] };
  });
}
