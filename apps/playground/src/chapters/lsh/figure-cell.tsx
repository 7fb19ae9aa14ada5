/** One cell of the figure; it glides when it is moved. */
import type { BucketLook } from "../../draw/palette";

export interface FigureCellProps {
  x: number;
  y: number;
  width: number;
  height: number;
  /** Absent: not hashed yet, or an empty slot. */
  look?: BucketLook;
  text?: string;
  isHidden?: boolean;
  isEmpty?: boolean;
}

export function FigureCell({ x, y, width, height, look, text, isHidden, isEmpty }: FigureCellProps) {
  const fill = look?.fill;
  return (
    <g
      class={`cell${isEmpty ? " empty" : ""}${isHidden ? " hidden" : ""}`}
      style={{ transform: `translate(${x}px, ${y}px)` }}
    >
      <rect {...{ width, height, rx: Math.min(3, width / 4) }} style={fill === undefined ? {} : { fill }} />
      {look?.isOpposite && <rect {...{ width, height, rx: Math.min(3, width / 4) }} class="stripes" />}
      {text !== undefined && (
        <text
          class={look ? "on-colour" : ""}
          x={width / 2}
          y={height / 2}
          style={{ fontSize: `${Math.min(15, width * 0.92)}px` }}
        >
          {text}
        </text>
      )}
    </g>
  );
}
