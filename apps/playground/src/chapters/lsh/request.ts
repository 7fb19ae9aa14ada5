/** From what is set to what the worker is asked. */
import type { AttendRequest } from "../../worker/tasks/attend";
import { maxHashes, type Settings, usedChunkLength } from "./settings";
import { spriteDepth, spriteVectors } from "./sprite";
import { circleVectors, textDepth, textVectors } from "./vectors";

/** Directions of the circle that are hashed to colour it, one every half degree. */
export const numProbes = 720;

const probes = circleVectors(
  Array.from({ length: numProbes }, (_, i) => (i * 360) / numProbes),
  1,
);

export function attendRequest(settings: Settings): AttendRequest {
  const { source, text, points, sharpness, seed } = settings;
  const { numBuckets, numHashes, chunksBefore, causal, acrossBuckets, duplicateCorrection } = settings;
  const sequences = {
    text: () => ({ depth: textDepth, vectors: textVectors(text, sharpness, seed) }),
    image: () => ({ depth: spriteDepth, vectors: spriteVectors(sharpness, seed) }),
    circle: () => ({ depth: 2, vectors: circleVectors(points, sharpness) }),
  };
  const { depth, vectors } = sequences[source]();
  return {
    vectors,
    length: vectors.length / depth,
    depth,
    maxHashes,
    numBuckets,
    numHashes,
    chunkLength: usedChunkLength(settings),
    chunksBefore,
    causal,
    acrossBuckets,
    duplicateCorrection,
    seed,
    probes: source === "circle" ? probes : undefined,
  };
}
