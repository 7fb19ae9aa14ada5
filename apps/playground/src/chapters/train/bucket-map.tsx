/** Where every token of one sequence hashes, a row for every look at the model, the newest at the bottom. */
import { useEffect } from "preact/hooks";
import { bucketLook, type Theme } from "../../draw/palette";
import { useWidth } from "../../parts/use-width";
import type { TrainPoint } from "../../worker/tasks/train";
import { bucketRows } from "./history";

export interface BucketMapProps {
  points: readonly TrainPoint[];
  length: number;
  head: number;
  theme: Theme;
  label: string;
}

const rowHeight = 9;

export function BucketMap({ points, length, head, theme, label }: BucketMapProps) {
  const [canvas, width] = useWidth<HTMLCanvasElement>();
  const rows = bucketRows(points);
  const height = Math.max(1, rows.length) * rowHeight;
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || width === 0) return;
    const scale = devicePixelRatio;
    context.canvas.width = width * scale;
    context.canvas.height = height * scale;
    context.scale(scale, scale);
    rows.forEach(({ observation: { buckets, numBuckets } }, row) => {
      for (let i = 0; i < length; i++) {
        const { fill, isOpposite } = bucketLook(buckets[head * length + i] ?? 0, numBuckets, theme);
        const [left, right] = [Math.round((i * width) / length), Math.round(((i + 1) * width) / length)];
        const top = row * rowHeight;
        context.fillStyle = fill;
        context.fillRect(left, top, right - left, rowHeight);
        if (!isOpposite) continue;
        context.fillStyle = "#20242c";
        context.fillRect(left, top + rowHeight / 2 - 1, right - left, 2);
      }
    });
  });
  return (
    <canvas ref={canvas} class="bucket-map" style={{ height: `${height}px` }} role="img" aria-label={label} />
  );
}
