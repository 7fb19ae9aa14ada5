/** The last layer, of which only the newest token goes on: what it projects of the others is remembered, and that is all. */
import { fillCaches, readProjected } from "./fill-caches";
import { owning } from "./owned";
import { readingLayer, type Reading } from "./reading-layer";
import { rememberedOf } from "./segments";

/** Lets go of x2, segment by segment. */
export async function readLast({
  model,
  layer,
  segments,
  length,
  x2,
  caches,
  tell,
}: Omit<Reading, "x1">): Promise<void> {
  const { ends, mechanism, seed } = readingLayer(model, model.parameters, layer);
  for (const [i, segment] of segments.entries()) {
    const most = rememberedOf(segment, length, caches[0]!.reach);
    if (most > 0) {
      const read = await owning(async (own) => {
        const x = own(x2.lend(i));
        const projections = ends.project(x).map(own);
        x.dispose();
        const hashed = mechanism.placing?.hash?.(projections[0]!, length, seed);
        const buckets = hashed && own(hashed);
        return readProjected({ start: segment.start, firstHead: 0, projections, buckets }, most);
      });
      fillCaches(caches, read);
    }
    x2.drop(i);
    tell((i + 1) / segments.length);
  }
}
