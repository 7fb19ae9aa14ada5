/**
 * The figure of the paper (5, on the right): what a token costs against the length, at several numbers of rounds. The paper
 * draws seconds a step of a fixed number of tokens; divided by that number, it is the time of a token.
 */
import { decades, logAxis } from "../plot/axis";
import { chart } from "../plot/chart";
import { type BenchRow, nameOf, type Series } from "./series";

/** Full attention first; rounds from few to many are from light to dark. */
const palette = ["#d55e00", "#56b4e9", "#0072b2", "#009e73", "#8a6d00", "#cc79a7", "#1f2328"];

export function drawBench(rows: readonly BenchRow[], subtitle: string): string {
  const all = distinct(rows);
  const lines = all.map((series, i) => ({
    name: nameOf(series, all),
    color: palette[i % palette.length]!,
    width: 2.5,
    dots: true,
    points: rows
      .filter((row) => keyOf(row) === keyOf(series))
      .flatMap((row) => ("refused" in row ? [] : [[row.length, 1e6 / row.tokensPerSecond] as const])),
  }));
  const points = lines.flatMap((line) => line.points);
  const lengths = [...new Set(rows.map(({ length }) => length))].toSorted((a, b) => a - b);
  return chart({
    title: "Time of a training step, for each token",
    subtitle,
    xLabel: "length of the sequence, in tokens",
    yLabel: "microseconds a token",
    lines,
    x: logAxis(lengths),
    y: logAxis(decades(points.length > 0 ? points.map(([, y]) => y) : [1, 10])),
  });
}

function distinct(rows: readonly BenchRow[]): Series[] {
  return [...new Map(rows.map((row) => [keyOf(row), row])).values()];
}

const keyOf = ({ attention, depth, numHashes }: Series) => `${attention} ${depth} ${numHashes}`;
