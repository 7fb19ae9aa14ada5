/**
 * Attention to any earlier position, of a prompt in several segments: one head after another, so that the vectors of a
 * single head are all that exists for the whole length on the backend.
 */
import { slice, tensor4d, type Tensor4D } from "@tensorflow/tfjs-core";
import { headParameters } from "../attention-by-heads";
import { fillCaches, readProjected } from "./fill-caches";
import { owning } from "./owned";
import { readingLayer, type Reading, type ReadingLayer } from "./reading-layer";

export async function readByHead(reading: Reading): Promise<void> {
  const { model, layer, tell } = reading;
  const { numHeads } = model.config;
  for (let head = 0; head < numHeads; head++) {
    const wholes = wholesFor(reading);
    const told = { ...reading, tell: (share: number) => tell((head + share) / numHeads) };
    await owning(async (own) => {
      const parameters = own(headParameters(model.parameters, `layers.${layer}.attention`, numHeads, head));
      const ofHead = readingLayer(model, parameters, layer, { head, of: numHeads });
      await project(told, ofHead, head, wholes);
      await attend(told, ofHead, wholes);
    });
  }
}

/** A head's vectors of the whole prompt, on the host: `[batch, length, depth]` each, and ids `[batch, numHashes, length]`. */
interface Wholes {
  projections: Float32Array[];
  buckets: Int32Array | undefined;
}

function wholesFor({ model: { config }, layer, length, caches }: Reading): Wholes {
  const positions = caches.length * length;
  const names = config.layers[layer] === "lsh" ? 2 : 3;
  return {
    projections: Array.from({ length: names }, () => new Float32Array(positions * config.dHead)),
    buckets: config.layers[layer] === "lsh" ? new Int32Array(positions * config.numHashes) : undefined,
  };
}

/** Leaves the head's vectors in the caches, and in `wholes`. */
async function project(
  { model: { config }, segments, length, x2, caches, tell }: Reading,
  { ends, mechanism, seed }: ReadingLayer,
  head: number,
  wholes: Wholes,
): Promise<void> {
  for (const [i, { start }] of segments.entries()) {
    const read = await owning(async (own) => {
      const x = own(x2.lend(i));
      const projections = ends.project(x).map(own);
      x.dispose();
      const buckets = mechanism.placing?.hash?.(projections[0]!, length, seed);
      return readProjected({ start, firstHead: head, projections, buckets: buckets && own(buckets) });
    });
    fillCaches(caches, read);
    const at = { start, count: read.count, length };
    wholes.projections.forEach((whole, p) =>
      place(whole, read.projections[p]!, { ...at, size: config.dHead }),
    );
    if (wholes.buckets) place(wholes.buckets, read.buckets!, { ...at, size: 1 });
    tell((0.4 * (i + 1)) / segments.length);
  }
}

/** Puts rows `[any, count, size]` where they belong in `[any, length, size]`. */
function place<Values extends Float32Array | Int32Array>(
  whole: Values,
  rows: Values,
  { start, count, length, size }: { start: number; count: number; length: number; size: number },
): void {
  for (let i = 0; i * count * size < rows.length; i++)
    whole.set(rows.subarray(i * count * size, (i + 1) * count * size), (i * length + start) * size);
}

async function attend(
  { segments, length, x1, caches, model: { config }, tell }: Reading,
  { ends, mechanism, seed }: ReadingLayer,
  { projections, buckets }: Wholes,
): Promise<void> {
  const shape: [number, number, number, number] = [caches.length, 1, length, config.dHead];
  await owning(async (own) => {
    const ids = buckets && own(tensor4d(buckets, [caches.length, 1, config.numHashes, length], "int32"));
    // Once they are on the backend, the host lets go of them.
    const vectors = projections.splice(0).map((values) => own(tensor4d(values, shape)));
    const { attended, saved } = mechanism.attend(vectors, seed, ids && [ids]);
    own(attended);
    for (const used of [...saved, ...(ids ? [ids] : [])]) used.dispose();
    for (const [i, segment] of segments.entries()) {
      const ofSegment = own(
        slice(attended.output, [0, 0, segment.start, 0], [-1, -1, segment.length, -1]) as Tensor4D,
      );
      const y = ends.merge(ofSegment);
      ofSegment.dispose();
      await x1.add(i, y);
      tell(0.8 + (0.2 * (i + 1)) / segments.length);
    }
  });
}
