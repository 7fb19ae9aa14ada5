/** Learning curves of one run or several: bits per byte, or what else is counted, in training and held out, against what was spent. */
import { basename } from "node:path";
import { bitsOf } from "../figures";
import { isStep, type Metrics } from "../run/metrics";
import { chart, type Line } from "./chart";

export const spent = ["tokens", "steps", "minutes"] as const;
export type Spent = (typeof spent)[number];

export interface RunCurve {
  /** The run's folder. */
  path: string;
  metrics: readonly Metrics[];
}

/** Colours that stay apart for most eyes, in order of use (after Okabe and Ito). */
const palette = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00", "#56b4e9"];

/** More points than pixels show nothing. */
const maxPoints = 600;

export function drawCurves(
  runs: readonly RunCurve[],
  { against = "tokens" }: { against?: Spent } = {},
): string {
  const single = runs.length === 1;
  const lines = runs.flatMap((run, i) => linesOf(run, against, i, single));
  return chart({
    title: single ? `Learning curve of ${nameOf(runs[0]!)}` : "Learning curves",
    subtitle: single ? summary(runs[0]!) : "line with dots: held out; thin line: training, smoothed",
    xLabel: { tokens: "tokens seen", steps: "steps", minutes: "minutes of training" }[against],
    yLabel: `bits per ${unitOf(runs)} (lower is better)`,
    lines,
    y: visibleRange(lines),
  });
}

function linesOf({ path, metrics }: RunCurve, against: Spent, index: number, single: boolean): Line[] {
  const x = (line: Metrics) =>
    ({ tokens: line.tokens, steps: line.step, minutes: line.seconds / 60 })[against];
  const train = metrics.filter(isStep).map((line) => [x(line), bitsOf(line, "train")!.bits] as const);
  const heldOut = metrics.flatMap((line) =>
    // The evaluation of everything, at the end, is of other tokens: it is told, not joined to this line.
    isStep(line) || line.whole ? [] : [[x(line), bitsOf(line, "heldOut")!.bits] as const],
  );
  const color = palette[index % palette.length]!;
  const name = nameOf({ path });
  if (single) {
    return [
      { color, points: thin(train), width: 1, opacity: 0.25 },
      { name: "training, smoothed", color, points: thin(smooth(train)), width: 2 },
      { name: "held out", color: palette[1]!, points: heldOut, width: 2.5, dots: true },
    ];
  }
  return [
    { color, points: thin(smooth(train)), width: 1.25, opacity: 0.6 },
    { name, color, points: heldOut, width: 2.5, dots: true },
  ];
}

/** Exponential mean over about a fortieth of the run, without its pull towards the first value. */
export function smooth(points: readonly (readonly [number, number])[]): (readonly [number, number])[] {
  const share = 1 / Math.max(1, Math.min(points.length / 40, 50));
  let mean = 0;
  let weight = 0;
  return points.map(([x, y]) => {
    mean += share * (y - mean);
    weight += share * (1 - weight);
    return [x, mean / weight] as const;
  });
}

/** Every run starts near 8 bits: the axis shows the curve after its first fall, which is where runs differ. */
function visibleRange(lines: readonly Line[]): [number, number] {
  const points = lines.flatMap((line) => line.points).filter(([, y]) => Number.isFinite(y));
  if (points.length === 0) return [0, 8];
  const end = Math.max(...points.map(([x]) => x));
  const settled = points.filter(([x]) => x >= 0.04 * end).map(([, y]) => y);
  const low = Math.min(...settled);
  const high = Math.max(...settled);
  const margin = Math.max(0.05, (high - low) * 0.05);
  return [Math.max(0, low - margin), high + margin];
}

function thin<T>(points: readonly T[]): T[] {
  const stride = Math.ceil(points.length / maxPoints);
  return points.filter((_, i) => i % stride === 0 || i === points.length - 1);
}

function summary({ metrics }: RunCurve): string {
  const last = metrics.findLast((line) => !isStep(line));
  const steps = metrics.at(-1)?.step ?? 0;
  const figure =
    last && !isStep(last)
      ? `, held out ${bitsOf(last, "heldOut")!.bits.toFixed(3)} bits per ${bitsOf(last, "heldOut")!.unit}`
      : "";
  return `${steps.toLocaleString("en")} steps${figure}`;
}

/** All that occur: runs of several kinds may be drawn together. */
function unitOf(runs: readonly RunCurve[]): string {
  const found = runs.flatMap(({ metrics }) => metrics.flatMap((line) => bitsOf(line, "train")?.unit ?? []));
  return [...new Set(found)].join(" or ") || "byte";
}

const nameOf = ({ path }: Pick<RunCurve, "path">) => basename(path);
