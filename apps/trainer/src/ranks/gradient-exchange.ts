/**
 * Gradients meet those of the other processes while the backward pass goes on: as soon as some layers' worth of them is there,
 * their sum begins, and every further gradient that arrives lets the sums move on.
 *
 * The last layers arrive first, in the same order everywhere, so no names need to be sent.
 */
import { tensor, type Tensor } from "@tensorflow/tfjs-core";
import type { GradientExchange } from "@reformer-ts/model";
import type { Communicator, PendingSum } from "./communicator";

/** Messages that are too small cost their latency each; those that are too large begin too late. */
const messageFloats = 1 << 18;

/** How long is waited without giving the processor to others, and how long they then have it. */
const patience = { spinMs: 2, restMs: 0.2 };

type Sums = Pick<Communicator, "allocate" | "beginSum">;

interface Arrived {
  name: string;
  shape: number[];
  start: number;
  end: number;
}

/**
 * @param size numbers in all gradients together
 * @param onWait told how long was waited for others, in seconds, after each exchange
 */
export function gradientExchange(
  job: Sums,
  size: number,
  onWait: (seconds: number) => void = () => {},
): GradientExchange {
  const staging = job.allocate(size);
  let arrived: Arrived[] = [];
  let pending: PendingSum[] = [];
  let [begun, filled] = [0, 0];

  const begin = () => {
    if (filled > begun) pending.push(job.beginSum(staging.subarray(begun, filled)));
    begun = filled;
  };
  const settle = () => (pending = pending.filter((sum) => !sum.isDone()));

  return {
    sink(name, gradient) {
      const end = filled + gradient.size;
      staging.set(gradient.dataSync() as Float32Array, filled);
      arrived.push({ name, shape: gradient.shape, start: filled, end });
      gradient.dispose();
      filled = end;
      if (filled - begun >= messageFloats) begin();
      settle();
    },
    flush(into) {
      begin();
      onWait(waitUntil(() => settle().length === 0));
      for (const { name, shape, start, end } of arrived) into(name, asTensor(staging, shape, start, end));
      arrived = [];
      [begun, filled] = [0, 0];
    },
  };
}

/** A copy: backends may look at the numbers later than they are given them. */
function asTensor(staging: Float32Array, shape: number[], start: number, end: number): Tensor {
  return tensor(staging.slice(start, end), shape, "float32");
}

/** Blocks, as everything else in a step does; rests in between, for processes that share a processor. */
function waitUntil(isDone: () => boolean): number {
  const began = performance.now();
  while (!isDone()) {
    if (performance.now() - began > patience.spinMs) Atomics.wait(bell, 0, 0, patience.restMs);
  }
  return (performance.now() - began) / 1000;
}

/** Nobody ever rings it. */
const bell = new Int32Array(new SharedArrayBuffer(4));
