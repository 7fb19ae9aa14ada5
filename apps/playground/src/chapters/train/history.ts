/** Everything that a training has reported, thinned to what a chart can show. */
import type { TrainPoint } from "../../worker/tasks/train";

type Curve = readonly (readonly [step: number, bits: number])[];

const mostPoints = 60;
/** Rows of the map of buckets. */
export const mostRows = 48;

/** Every point while there are few; means of neighbours when there are many. */
export function thinned(curve: Curve): Curve {
  if (curve.length <= mostPoints) return curve;
  const size = Math.ceil(curve.length / mostPoints);
  return Array.from({ length: Math.ceil(curve.length / size) }, (_, i) => {
    const part = curve.slice(i * size, (i + 1) * size);
    return [part.at(-1)![0], part.reduce((sum, [, bits]) => sum + bits, 0) / part.length] as const;
  });
}

export function trainCurve(points: readonly TrainPoint[]): Curve {
  return points.flatMap(({ step, bits }) => (bits === null ? [] : [[step, bits] as const]));
}

export function heldOutCurve(points: readonly TrainPoint[]): Curve {
  return points.map(({ step, observation }) => [step, observation.heldOutBits] as const);
}

/** Points whose buckets are drawn, the newest last: all of them, or as many spread over the whole training. */
export function bucketRows(points: readonly TrainPoint[]): TrainPoint[] {
  if (points.length <= mostRows) return [...points];
  const stride = (points.length - 1) / (mostRows - 1);
  return Array.from({ length: mostRows }, (_, i) => points[Math.round(i * stride)]!);
}
