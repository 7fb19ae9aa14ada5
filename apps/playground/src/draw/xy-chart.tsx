/** Curves over two axes, with their names at their ends and their numbers in a table below. */
import { type Axis } from "./axis";

export interface Series {
  name: string;
  points: readonly (readonly [x: number, y: number])[];
  /** The second kind is dashed as well as coloured otherwise. */
  kind: "first" | "second";
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

const [width, height] = [560, 300];
/** With more points a curve is drawn without its dots. */
const mostDots = 24;
const [left, right, top, bottom] = [74, 20, 30, 44];

export function XyChart({ title, series, x, y, xLabel, yLabel, formatX, formatY, mark }: XyChartProps) {
  const across = (value: number) => left + x.place(value) * (width - left - right);
  const up = (value: number) => height - bottom - y.place(value) * (height - top - bottom);
  return (
    <figure class="xy">
      <svg
        class="chart"
        viewBox={`0 0 ${width} ${height}`}
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
          const last = points.at(-1);
          const drawn = points.map(([px, py], i) => `${i === 0 ? "M" : "L"}${across(px)} ${up(py)}`).join("");
          return (
            <g key={name} class={`series ${kind}`}>
              <path class="curve" d={drawn} />
              {(points.length <= mostDots ? points : points.slice(-1)).map(([px, py]) => (
                <circle key={px} cx={across(px)} cy={up(py)} r={4}>
                  <title>{`${name}, ${formatX(px)}: ${formatY(py)}`}</title>
                </circle>
              ))}
              {last && (
                <EndName name={name} x={across(last[0])} y={up(last[1])} isBelow={kind === "second"} />
              )}
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
      <details>
        <summary>The numbers</summary>
        <NumberTable {...{ series, xLabel, formatX, formatY }} />
      </details>
    </figure>
  );
}

interface EndNameProps {
  name: string;
  x: number;
  y: number;
  /** Two curves that end together keep their names apart. */
  isBelow: boolean;
}

/** Before the last point, or behind it where there is no room yet. */
function EndName({ name, x, y, isBelow }: EndNameProps) {
  const hasRoom = x > left + 8 * name.length;
  return (
    <text
      class={`name ${hasRoom ? "end" : "start"}`}
      x={hasRoom ? x : x + 9}
      y={hasRoom ? (isBelow ? Math.min(height - bottom - 8, y + 20) : Math.max(12, y - 13)) : y}
    >
      {name}
    </text>
  );
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
