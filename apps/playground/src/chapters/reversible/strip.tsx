/** Some numbers of a stream as a strip of colour: one hue below zero, the other above. */
import { short } from "../../draw/format";

export interface StripProps {
  label: string;
  values: Float32Array;
  /** The number that gets full colour. */
  scale: number;
}

export function Strip({ label, values, scale }: StripProps) {
  return (
    <svg
      class="strip"
      viewBox={`0 0 ${values.length} 1`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`${label}: ${Array.from(values.subarray(0, 4), short).join(", ")} …`}
    >
      {Array.from(values, (value, i) => (
        <rect
          key={i}
          class={value < 0 ? "below" : "above"}
          x={i}
          y={0}
          width={1.02}
          height={1}
          style={{ opacity: Math.min(1, Math.abs(value) / scale) }}
        >
          <title>{`${label}, number ${i + 1}: ${short(value)}`}</title>
        </rect>
      ))}
    </svg>
  );
}
