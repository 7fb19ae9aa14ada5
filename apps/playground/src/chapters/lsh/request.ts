/** From what is set to what the worker is asked. */
import type { AttendRequest } from "../../worker/tasks/attend";
import { maxHashes, type Settings, usedChunkLength } from "./settings";
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
  const isText = source === "text";
  const depth = isText ? textDepth : 2;
  const vectors = isText ? textVectors(text, sharpness, seed) : circleVectors(points, sharpness);
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
    probes: isText ? undefined : probes,
  };
}
