/** A line over a few whole numbers, with one of them in focus and a level to compare with. */

export interface LineChartProps {
  title: string;
  /** Values from 0 to 1 at 1, 2, 3 … */
  values: readonly number[];
  /** One of 1, 2, 3 … */
  focus: number;
  level?: { value: number; label: string };
  xLabel: string;
  format: (value: number) => string;
  onPick?: (x: number) => void;
}

const [width, height] = [420, 230];
const [left, right, top, bottom] = [44, 14, 16, 40];

export function LineChart({ title, values, focus, level, xLabel, format, onPick }: LineChartProps) {
  const x = (n: number) => left + ((n - 1) / Math.max(1, values.length - 1)) * (width - left - right);
  const y = (value: number) => top + (1 - value) * (height - top - bottom);
  const line = values.map((value, i) => `${i === 0 ? "M" : "L"}${x(i + 1)} ${y(value)}`).join("");
  const focused = values[focus - 1];
  return (
    <svg
      class="chart"
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={`${title}: ${values.map((value, i) => `${i + 1}: ${format(value)}`).join(", ")}${level ? `. ${level.label}: ${format(level.value)}` : ""}`}
    >
      {[0, 0.25, 0.5, 0.75, 1].map((tick) => (
        <g key={tick} class="tick">
          <line x1={left} x2={width - right} y1={y(tick)} y2={y(tick)} />
          <text x={left - 8} y={y(tick)} class="end">
            {Math.round(tick * 100)}%
          </text>
        </g>
      ))}
      {level && (
        <g class="level">
          <line x1={left} x2={width - right} y1={y(level.value)} y2={y(level.value)} />
          <text x={width - right} y={y(level.value) + (level.value > 0.12 ? 12 : -9)} class="end">
            {level.label} {format(level.value)}
          </text>
        </g>
      )}
      <path class="curve" d={line} />
      {values.map((value, i) => (
        <g key={i} class={`dot${i + 1 === focus ? " focused" : ""}`} onClick={() => onPick?.(i + 1)}>
          <title>{`${i + 1}: ${format(value)}`}</title>
          <circle class="target" cx={x(i + 1)} cy={y(value)} r={16} />
          <circle cx={x(i + 1)} cy={y(value)} r={i + 1 === focus ? 6 : 4} />
          <text x={x(i + 1)} y={height - bottom + 16}>
            {i + 1}
          </text>
        </g>
      ))}
      {focused !== undefined && (
        <text
          class="focus-value"
          x={Math.min(width - 40, Math.max(left + 30, x(focus)))}
          y={y(focused) + (focused > 0.85 ? 22 : -14)}
        >
          {format(focused)}
        </text>
      )}
      <text class="axis" x={(left + width - right) / 2} y={height - 6}>
        {xLabel}
      </text>
    </svg>
  );
}
