/** Attention that sees no farther than a few chunks back, segment after segment; and of a prompt that is one segment. */
import { slice, type Tensor4D } from "@tensorflow/tfjs-core";
import { fillCaches, readProjected } from "./fill-caches";
import { owning } from "./owned";
import { readingLayer, type Reading } from "./reading-layer";
import { rememberedOf } from "./segments";

/** @param before positions in front of a segment that its tokens may look at */
export async function readNearby(
  { model, layer, segments, length, x1, x2, caches, tell }: Reading,
  before: number,
): Promise<void> {
  const { ends, mechanism, seed } = readingLayer(model, model.parameters, layer);
  for (const [i, segment] of segments.entries()) {
    const behind = Math.min(segment.start, before);
    const start = segment.start - behind;
    const y = await owning(async (own) => {
      const x = own(x2.lend(i, behind));
      const projections = ends.project(x).map(own);
      x.dispose();
      const hashed = mechanism.placing?.hash?.(projections[0]!, length, seed);
      const buckets = hashed && own(hashed);
      const most = rememberedOf(segment, length, caches[0]!.reach);
      if (most > 0)
        fillCaches(caches, await readProjected({ start, firstHead: 0, projections, buckets }, most));
      // Positions are counted from the first that is lent: rotations tell distances alone.
      const { attended, saved } = mechanism.attend(projections, seed, buckets && [buckets]);
      own(attended);
      saved.forEach(own);
      const output = own(newest(attended.output, segment.length));
      for (const used of [attended, ...saved, ...(buckets ? [buckets] : [])]) used.dispose();
      return ends.merge(output);
    });
    await x1.add(i, y);
    tell((i + 1) / segments.length);
  }
}

/** The last `count` positions of `[batch, heads, length, depth]`; the caller owns them. */
function newest(x: Tensor4D, count: number): Tensor4D {
  const before = x.shape[2] - count;
  return before === 0 ? x.clone() : slice(x, [0, 0, before, 0], [-1, -1, count, -1]);
}
