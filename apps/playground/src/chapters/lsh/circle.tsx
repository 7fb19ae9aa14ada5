/**
 * Points on a circle, which is the hash's own picture: directions are coloured by the bucket they fall into. Drag a
 * point, or take one with Page Up and Page Down and move it with the arrow keys.
 */
import { useRef, useState } from "preact/hooks";
import { bucketLook, type Theme } from "../../draw/palette";
import type { Picture } from "./picture";
import { numProbes } from "./request";
import { findSectors } from "./sectors";

export interface CircleProps {
  picture: Picture;
  points: readonly number[];
  round: number;
  theme: Theme;
  query?: number;
  onMove: (points: number[]) => void;
  onPick: (position: number) => void;
  onPoint: (position: number | undefined) => void;
}

const centre = 150;
const inner = 78;
const outer = 128;
const place = (degrees: number, radius: number): [number, number] => {
  const radians = (degrees * Math.PI) / 180;
  return [centre + radius * Math.cos(radians), centre - radius * Math.sin(radians)];
};

const corner = (degrees: number, radius: number) => place(degrees, radius).join(" ");

export function Circle(props: CircleProps) {
  const { picture, points, round, theme, query, onMove, onPick, onPoint } = props;
  const svg = useRef<SVGSVGElement>(null);
  const [dragged, setDragged] = useState<number>();
  const { numBuckets, length } = picture.request;
  const current = query ?? 0;

  const turn = (position: number, degrees: number) =>
    onMove(points.map((angle, i) => (i === position ? ((Math.round(degrees) % 360) + 360) % 360 : angle)));
  const angleOf = (event: PointerEvent) => {
    const box = svg.current!.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left - box.width / 2, box.top + box.height / 2 - event.clientY];
    return (Math.atan2(y, x) * 180) / Math.PI;
  };
  const keys = (event: KeyboardEvent) => {
    const steps: Record<string, () => void> = {
      ArrowUp: () => turn(current, points[current]! + 2),
      ArrowRight: () => turn(current, points[current]! - 2),
      ArrowDown: () => turn(current, points[current]! - 2),
      ArrowLeft: () => turn(current, points[current]! + 2),
      PageDown: () => onPick((current + 1) % points.length),
      PageUp: () => onPick((current + points.length - 1) % points.length),
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    step();
  };
  return (
    <svg
      ref={svg}
      class="circle"
      viewBox="0 0 300 300"
      role="slider"
      tabIndex={0}
      aria-label="Angle of the picked point"
      aria-valuemin={0}
      aria-valuemax={359}
      aria-valuenow={points[current]}
      aria-valuetext={`Point ${current + 1} of ${points.length} at ${points[current]} degrees, bucket ${picture.result.buckets[round * length + current]}`}
      onKeyDown={keys}
      onPointerMove={(event) => dragged !== undefined && turn(dragged, angleOf(event))}
      onLostPointerCapture={() => setDragged(undefined)}
      onPointerLeave={() => onPoint(undefined)}
    >
      {findSectors(picture.result.probeBuckets.subarray(round * numProbes, (round + 1) * numProbes)).map(
        ({ from, to, bucket }) => {
          const { fill, isOpposite } = bucketLook(bucket, numBuckets, theme);
          const middle = place((from + to) / 2, (inner + outer) / 2 - 6);
          return (
            <g key={from}>
              <path d={sectorPath(from, to)} style={{ fill }} />
              {isOpposite && <path d={sectorPath(from, to)} class="stripes" />}
              {to - from > 7 && (
                <text class="on-colour" x={middle[0]} y={middle[1]}>
                  {bucket}
                </text>
              )}
            </g>
          );
        },
      )}
      {points.map((angle, position) => {
        const bucket = picture.result.buckets[round * length + position] ?? 0;
        const [x, y] = place(angle, outer + 11);
        return (
          <circle
            key={position}
            class={`point${position === query ? " picked" : ""}`}
            cx={x}
            cy={y}
            r={position === query ? 8 : 6}
            style={{ fill: bucketLook(bucket, numBuckets, theme).fill }}
            onPointerEnter={() => dragged === undefined && onPoint(position)}
            onPointerDown={(event) => {
              event.preventDefault();
              svg.current?.setPointerCapture(event.pointerId);
              svg.current?.focus();
              setDragged(position);
              onPick(position);
            }}
          />
        );
      })}
    </svg>
  );
}

function sectorPath(from: number, to: number): string {
  const large = to - from > 180 ? 1 : 0;
  return [
    `M${corner(from, inner)}L${corner(from, outer)}`,
    `A${outer} ${outer} 0 ${large} 0 ${corner(to, outer)}`,
    `L${corner(to, inner)}A${inner} ${inner} 0 ${large} 1 ${corner(from, inner)}Z`,
  ].join("");
}
