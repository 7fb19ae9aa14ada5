/**
 * Randomness that comes back: a layer that runs twice must draw the same dropout mask twice.
 *
 * Operations of tfjs take a seed, but the usual call gives none, and then they seed themselves from `Math.random`. That
 * makes `Math.random` the state of tfjs' generator, and replaying it, as PyTorch code replays the generator of the
 * device, is a matter of putting a seeded stream in its place while the layer runs. A layer runs synchronously, so no
 * other code sees the replacement. Numbers that a backend draws by itself (a native sampling kernel) are out of reach:
 * functions that use them must derive a seed and pass it.
 */
import { Random } from "@reformer-ts/internal-random";

/** Runs `run` with `Math.random` drawing from a stream that is a function of `seed`. */
export function replayRandom<T>(seed: number, run: () => T): T {
  const stream = Random.fromSeed(seed);
  const original = Math.random;
  Math.random = () => stream.uniform();
  try {
    return run();
  } finally {
    Math.random = original;
  }
}
