/** Full attention against LSH attention, longer and longer, until full attention has taken its time. */
import { fullAttentionForward, lshAttentionForward } from "@reformer-ts/lsh";
import { deriveSeed } from "@reformer-ts/internal-random";
import * as tf from "@tensorflow/tfjs-core";

export interface RaceRequest {
  lengths: number[];
  depth: number;
  chunkLength: number;
  numHashes: number;
  seed: number;
  /** A runner that needed longer than this, in milliseconds, runs no further. */
  patience: number;
}

export interface Lap {
  milliseconds: number;
  /** The most bytes that tensors took at once, beyond query-keys and values. */
  bytes: number;
}

export interface RacePoint {
  length: number;
  /** Absent once a runner has given up. */
  full?: Lap;
  lsh?: Lap;
  /** Who failed at this length, and why. */
  failure?: string;
}

interface Context {
  signal: AbortSignal;
  report: (point: RacePoint) => void;
}

type Attention = (queryKey: tf.Tensor, value: tf.Tensor) => tf.Tensor;

export async function race(request: RaceRequest, { signal, report }: Context): Promise<RacePoint[]> {
  const { lengths, depth, chunkLength, numHashes, seed, patience } = request;
  const runners: Record<"full" | "lsh", Attention> = {
    full: (queryKey, value) =>
      fullAttentionForward(queryKey, queryKey, value, { sharedQueryKey: true }).output,
    lsh: (queryKey, value) =>
      lshAttentionForward(queryKey, value, { chunkLength, numHashes, numBuckets: "auto", seed }).output,
  };
  const running = new Set<"full" | "lsh">(["full", "lsh"]);
  const points: RacePoint[] = [];
  for (const length of lengths) {
    const point: RacePoint = { length };
    const draw = (name: string) =>
      tf.randomNormal([1, 1, length, depth], 0, 1, "float32", deriveSeed(seed, name, length));
    const [queryKey, value] = [draw("queryKey"), draw("value")];
    try {
      for (const name of running) {
        // A pause between laps, so that a message to stop is heard.
        await new Promise((resolve) => setTimeout(resolve));
        signal.throwIfAborted();
        try {
          point[name] = await runLap(runners[name], queryKey, value);
          if (point[name].milliseconds > patience) running.delete(name);
        } catch (error) {
          // A length that the backend cannot hold ends the run of one, not the race.
          point.failure = `${name} at ${length} tokens: ${error instanceof Error ? error.message : String(error)}`;
          running.delete(name);
        }
      }
    } finally {
      tf.dispose([queryKey, value]);
    }
    points.push(point);
    report(point);
    if (running.size === 0) break;
  }
  return points;
}

/** A lap longer than this is not run a second time for a better figure. */
const longLap = 400;

/** Time of the better of two laps, and memory of another. */
async function runLap(attention: Attention, queryKey: tf.Tensor, value: tf.Tensor): Promise<Lap> {
  const times: number[] = [];
  while (times.length === 0 || (times.length === 1 && times[0]! < longLap)) {
    const started = performance.now();
    const output = tf.tidy(() => attention(queryKey, value));
    await output.data();
    times.push(performance.now() - started);
    output.dispose();
  }
  // tfjs's profiler would read results back to look for NaN, when they may be gone.
  tf.env().set("CHECK_COMPUTATION_FOR_ERRORS", false);
  const before = tf.memory().numBytes;
  const { peakBytes, result } = await tf.profile(() => tf.tidy(() => attention(queryKey, value)));
  tf.dispose(result);
  return { milliseconds: Math.min(...times), bytes: peakBytes - before };
}
