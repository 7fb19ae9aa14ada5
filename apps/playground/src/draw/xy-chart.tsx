/** Curves over two axes, drawn as wide as there is room, with their names above and their numbers in a table below. */
import { useWidth } from "../parts/use-width";
import { type Axis } from "./axis";

export interface Series {
  name: string;
  points: readonly (readonly [x: number, y: number])[];
  /** Curves differ in their dashes as well as in colour; a ghost is what others are compared with. */
  kind: "first" | "second" | "ghost";
}

export interface XyChartProps {
  title: string;
  series: readonly Series[];
  x: Axis;
  y: Axis;
  xLabel: string;
  yLabel: string;
  formatX: (value: number) => string;
  formatY: (value: number) => string;
  /** A place on the x axis to mark. */
  mark?: number;
}

/** Shorter where it is narrow, as on a phone. */
const heightOf = (width: number) => (width < 420 ? 230 : 300);
const mostDots = 24;
const [left, right, top, bottom] = [70, 18, 26, 44];

export function XyChart({ title, series, x, y, xLabel, yLabel, formatX, formatY, mark }: XyChartProps) {
  const [frame, width] = useWidth<HTMLDivElement>();
  const height = heightOf(width);
  const across = (value: number) => left + x.place(value) * (width - left - right);
  const up = (value: number) => height - bottom - y.place(value) * (height - top - bottom);
  return (
    <figure class="xy">
      <ul class="legend" aria-hidden="true">
        {series.map(({ name, kind }) => (
          <li key={name} class={`series ${kind}`}>
            <svg viewBox="0 0 30 10" class="chart">
              <path class="curve" d="M1 5H29" />
            </svg>
            {name}
          </li>
        ))}
      </ul>
      <div ref={frame} style={{ height: `${height}px` }}>
        <svg
          class="chart"
          viewBox={`0 0 ${Math.max(1, width)} ${height}`}
          role="img"
          aria-label={`${title}. The numbers are in the table below.`}
        >
          {y.ticks.map((tick) => (
            <g key={tick} class="tick">
              <line x1={left} x2={width - right} y1={up(tick)} y2={up(tick)} />
              <text class="end" x={left - 8} y={up(tick)}>
                {formatY(tick)}
              </text>
            </g>
          ))}
          {x.ticks.map((tick) => (
            <text key={tick} x={across(tick)} y={height - bottom + 16}>
              {formatX(tick)}
            </text>
          ))}
          {mark !== undefined && (
            <line class="mark" x1={across(mark)} x2={across(mark)} y1={top} y2={height - bottom} />
          )}
          {series.map(({ name, points, kind }) => {
            const drawn = points
              .map(([px, py], i) => `${i === 0 ? "M" : "L"}${across(px)} ${up(py)}`)
              .join("");
            return (
              <g key={name} class={`series ${kind}`}>
                <path class="curve" d={drawn} />
                {dotted(kind, points).map(([px, py]) => (
                  <circle key={px} cx={across(px)} cy={up(py)} r={4}>
                    <title>{`${name}, ${formatX(px)}: ${formatY(py)}`}</title>
                  </circle>
                ))}
              </g>
            );
          })}
          <text class="axis" x={(left + width - right) / 2} y={height - 7}>
            {xLabel}
          </text>
          <text class="axis start" x={4} y={10}>
            {yLabel}
          </text>
        </svg>
      </div>
      <details>
        <summary>The numbers</summary>
        <NumberTable {...{ series, xLabel, formatX, formatY }} />
      </details>
    </figure>
  );
}

/** Points that are drawn as such: all while there are few, else the newest. */
function dotted(kind: Series["kind"], points: Series["points"]): Series["points"] {
  if (kind === "ghost") return [];
  return points.length <= mostDots ? points : points.slice(-1);
}

function NumberTable({
  series,
  xLabel,
  formatX,
  formatY,
}: Pick<XyChartProps, "series" | "xLabel" | "formatX" | "formatY">) {
  const places = [...new Set(series.flatMap(({ points }) => points.map(([px]) => px)))].toSorted(
    (a, b) => a - b,
  );
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{xLabel}</th>
          {series.map(({ name }) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {places.map((place) => (
          <tr key={place}>
            <th scope="row">{formatX(place)}</th>
            {series.map(({ name, points }) => {
              const found = points.find(([px]) => px === place);
              return <td key={name}>{found ? formatY(found[1]) : "–"}</td>;
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
