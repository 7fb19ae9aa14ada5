/** Keys and values that a layer remembers of one sequence, as scores want them: turned by their positions, and scaled. */
import type { AttentionKind, ReformerConfig } from "../config";
import { rotateRows } from "../positions/rotary";
import { history, type History } from "./history";

export interface KeyValues {
  /** By position, `[heads, 2, depth]`: key and value of each head. */
  readonly vectors: History;
  /** Of the newest token: its query, `[heads * depth]`, and the same turned by its position. */
  readonly newest: { plain: Float32Array; turned: Float32Array };
  /** One more token: a vector `[heads * depth]` per projection of the layer. */
  append(projections: readonly Float32Array[]): void;
  /** Makes room for a prompt. Only where nothing is remembered yet. */
  begin(length: number): void;
  /** Remembers a part of that prompt, as far as anybody will look at it. */
  write(part: PartOfHeads): void;
  /** A copy that goes its own way. */
  fork(): KeyValues;
}

/** Some positions of some heads, side by side both. */
export interface PartOfHeads {
  start: number;
  count: number;
  firstHead: number;
  /** `[heads, count, depth]` per projection of the layer */
  projections: readonly Float32Array[];
}

type Shape = Pick<ReformerConfig, "numHeads" | "dHead" | "positions" | "localSharedQueryKey">;

/** @param reach only this many of the newest positions are looked at */
export function rememberedVectors(config: Shape, kind: AttentionKind, reach: number): KeyValues {
  const width = config.numHeads * config.dHead;
  const newest = { plain: new Float32Array(width), turned: new Float32Array(width) };
  return continued(config, kind, reach, { vectors: history(2 * width, reach), newest });
}

/** Whether keys are normalised queries. */
export function sharesKeys({ localSharedQueryKey }: Shape, kind: AttentionKind): boolean {
  return kind === "lsh" || (kind === "local" && localSharedQueryKey);
}

/** Takes what it is given. */
function continued(
  config: Shape,
  kind: AttentionKind,
  reach: number,
  { vectors, newest }: Pick<KeyValues, "vectors" | "newest">,
): KeyValues {
  const { dHead: depth, positions } = config;
  const shared = sharesKeys(config, kind);
  const scale = shared ? normalizeRow : scaleRow;
  /** Rotary positions turn queries and keys, others are in the embedding already. */
  const turned = (rows: Float32Array, start: number) => {
    const copy = rows.slice();
    if (positions === "rotary") rotateRows(copy, depth, start);
    return copy;
  };

  const write = ({ start, count, firstHead, projections }: PartOfHeads) => {
    const first = Math.max(start, vectors.length - reach);
    const skipped = first - start;
    const kept = count - skipped;
    if (kept <= 0) return;
    const [queries, keys, values] = [projections[0]!, projections.at(-2)!, projections.at(-1)!];
    const isNewest = start + count === vectors.length;
    for (let i = 0; i * count * depth < values.length; i++) {
      const [from, to] = [(i * count + skipped) * depth, (i + 1) * count * depth];
      const column = (firstHead + i) * depth;
      const ofHead = turned(keys.subarray(from, to), first);
      for (let row = 0; row < kept; row++) {
        const at = vectors.offset(first + row) + 2 * column;
        const page = vectors.page(first + row);
        scale(ofHead, row * depth, depth, page, at);
        for (let d = 0; d < depth; d++) page[at + depth + d] = values[from + row * depth + d]!;
      }
      if (!isNewest) continue;
      const query = queries.subarray(to - depth, to);
      newest.plain.set(query, column);
      newest.turned.set(turned(query, start + count - 1), column);
    }
  };

  return {
    vectors,
    newest,
    write,
    append(projections) {
      vectors.append();
      write({ start: vectors.length - 1, count: 1, firstHead: 0, projections });
    },
    begin(length) {
      const kept = Math.min(length, reach);
      vectors.skip(length - kept);
      vectors.grow(kept);
    },
    fork: () =>
      continued(config, kind, reach, {
        vectors: vectors.fork(),
        newest: { plain: newest.plain.slice(), turned: newest.turned.slice() },
      }),
  };
}

/** Writes a row over sqrt(depth). */
function scaleRow(from: Float32Array, at: number, depth: number, to: Float32Array, offset: number): void {
  const scale = 1 / Math.sqrt(depth);
  for (let d = 0; d < depth; d++) to[offset + d] = from[at + d]! * scale;
}

/** Writes a row at unit root mean square, over sqrt(depth). */
function normalizeRow(from: Float32Array, at: number, depth: number, to: Float32Array, offset: number): void {
  let squares = 0;
  for (let d = 0; d < depth; d++) squares += from[at + d]! ** 2;
  const scale = 1 / Math.sqrt((squares / depth + 1e-6) * depth);
  for (let d = 0; d < depth; d++) to[offset + d] = from[at + d]! * scale;
}
