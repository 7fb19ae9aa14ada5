/** What TensorBoard shows of a run: `tensorboard --logdir runs` finds these files by their names, one for each session. */
import { appendFileSync, mkdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { bitsName, bitsOf } from "../figures";
import { writing } from "../run/file-errors";
import { isStep, type Metrics } from "../run/metrics";
import { encodeEvent, type EventContent, type Picture } from "./event";

export interface EventFile {
  metrics(line: Metrics): void;
  text(tag: string, text: string, step: number): void;
  image(tag: string, image: Picture, step: number): void;
}

/**
 * @param from the step that the run goes on from: what earlier sessions wrote after it is withdrawn
 * @param unitsPerToken turns bits per byte, or per what else is counted, into nats per token
 * @throws InputError when the disk is full or read-only
 */
export function openEventFile(
  run: string,
  { from, unitsPerToken, now = Date.now }: { from: number; unitsPerToken: number; now?: () => number },
): EventFile {
  const folder = join(run, "tensorboard");
  const name = `events.out.tfevents.${String(Math.floor(now() / 1000)).padStart(10, "0")}.${hostname()}.${process.pid}`;
  const path = join(folder, name);
  const write = (step: number, content: EventContent) =>
    writing(path, () => appendFileSync(path, encodeEvent({ wallTime: now() / 1000, step, content })));
  writing(folder, () => mkdirSync(folder, { recursive: true }));
  write(0, { kind: "version" });
  write(from === 0 ? 0 : from + 1, { kind: "start" });
  return {
    metrics: (line) => write(line.step, { kind: "scalars", values: scalars(line, unitsPerToken) }),
    text: (tag, text, step) => write(step, { kind: "text", tag, text }),
    image: (tag, image, step) => write(step, { kind: "image", tag, image }),
  };
}

/** Names with a slash make sections. The evaluation of everything has a section of its own: it is of other tokens. */
export function scalars(line: Metrics, unitsPerToken: number): Record<string, number> {
  if (!isStep(line)) {
    const section = line.whole ? "final" : "val";
    const { bits, unit } = bitsOf(line, "heldOut")!;
    return { [`${section}/loss`]: bits * Math.LN2 * unitsPerToken, [`${section}/${bitsName(unit)}`]: bits };
  }
  const { tokens, seconds, learningRate, tokensPerSecond, memory } = line;
  const train = Object.entries(line).filter(([name]) => name.startsWith("train/"));
  return {
    ...(Object.fromEntries(train) as Record<string, number>),
    "train/learningRate": learningRate,
    "machine/tokensPerSecond": tokensPerSecond,
    "machine/memoryBytes": memory,
    "machine/seconds": seconds,
    "machine/tokens": tokens,
  };
}
