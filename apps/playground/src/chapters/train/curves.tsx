import { linearAxis } from "../../draw/axis";
import { short, whole } from "../../draw/format";
import { type Series, XyChart } from "../../draw/xy-chart";
import type { TrainPoint } from "../../worker/tasks/train";
import { heldOutCurve, thinned, trainCurve } from "./history";

export interface CurvesProps {
  points: readonly TrainPoint[];
  /** How the same training went when the page was built. */
  before?: readonly TrainPoint[];
  guess: number;
}

export function Curves({ points, before, guess }: CurvesProps) {
  const series: Series[] = [
    { name: "trained on", points: thinned(trainCurve(points)), kind: "second" },
    { name: "held out", points: thinned(heldOutCurve(points)), kind: "first" },
  ];
  if (before)
    series.push({ name: "held out, when the page was built", points: heldOutCurve(before), kind: "ghost" });
  const last = Math.max(...[points, before ?? []].map((some) => some.at(-1)?.step ?? 0));
  return (
    <XyChart
      title="Bits per token by step"
      {...{ series }}
      x={linearAxis([Math.max(10, last)], { whole: true })}
      y={linearAxis([guess, ...series.flatMap((one) => one.points.map(([, bits]) => bits))])}
      xLabel="steps"
      yLabel="bits per token"
      formatX={whole}
      formatY={short}
    />
  );
}
