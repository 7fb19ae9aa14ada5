/** A line chart as SVG: axes with round numbers, a legend, lines that are cut off at the frame. */
import { type Axis, linearAxis, niceAxis } from "./axis";
import { element, label, linePath } from "./svg";

export interface Line {
  /** Shown in the legend; lines without a name have no entry there. */
  name?: string;
  color: string;
  points: readonly (readonly [x: number, y: number])[];
  width?: number;
  opacity?: number;
  /** Whether every point is marked. */
  dots?: boolean;
}

export interface ChartOptions {
  title: string;
  subtitle?: string;
  xLabel: string;
  yLabel: string;
  lines: readonly Line[];
  /** The part of the y axis that is shown, or the axis itself. */
  y: readonly [low: number, high: number] | Axis;
  /** From 0 to the last point, when it is not given. */
  x?: Axis;
}

const size = { width: 880, height: 500 };
const frame = { left: 70, right: 28, top: 92, bottom: 62 };
const ink = { strong: "#1f2328", weak: "#656d76", grid: "#e7eaee", paper: "#ffffff" };

export function chart({ title, subtitle = "", xLabel, yLabel, lines, ...axes }: ChartOptions): string {
  const [left, right] = [frame.left, size.width - frame.right];
  const [top, bottom] = [frame.top, size.height - frame.bottom];
  const xAxis =
    axes.x ?? linearAxis(0, Math.max(1, ...lines.flatMap(({ points }) => points.map(([x]) => x))), 8);
  const yAxis = "place" in axes.y ? axes.y : niceAxis(axes.y, 6);
  const x = (value: number) => left + xAxis.place(value) * (right - left);
  const y = (value: number) => bottom - yAxis.place(value) * (bottom - top);

  const grid = yAxis.ticks.map((value) =>
    [
      element("line", { x1: left, x2: right, y1: y(value), y2: y(value), stroke: ink.grid }),
      label(value < 1e4 ? String(value) : short(value), {
        x: left - 10,
        y: y(value) + 4,
        "text-anchor": "end",
        fill: ink.weak,
      }),
    ].join(""),
  );
  const marks = xAxis.ticks.map((value) =>
    [
      element("line", { x1: x(value), x2: x(value), y1: bottom, y2: bottom + 5, stroke: ink.weak }),
      label(short(value), { x: x(value), y: bottom + 20, "text-anchor": "middle", fill: ink.weak }),
    ].join(""),
  );
  return element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 0 ${size.width} ${size.height}`,
      width: size.width,
      height: size.height,
      "font-family": "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif",
      "font-size": 13,
      role: "img",
    },
    element("title", {}, label(title, {}).replace(/<\/?text>/g, "")),
    element("rect", { width: size.width, height: size.height, fill: ink.paper }),
    element(
      "clipPath",
      { id: "frame" },
      element("rect", { x: left, y: top - 4, width: right - left + 6, height: bottom - top + 8 }),
    ),
    label(title, { x: left, y: 30, "font-size": 18, "font-weight": 600, fill: ink.strong }),
    label(subtitle, { x: left, y: 51, fill: ink.weak }),
    legend(lines),
    ...grid,
    element("line", { x1: left, x2: right, y1: bottom, y2: bottom, stroke: ink.weak }),
    ...marks,
    label(xLabel, { x: (left + right) / 2, y: size.height - 16, "text-anchor": "middle", fill: ink.strong }),
    label(yLabel, {
      transform: `rotate(-90 20 ${(top + bottom) / 2})`,
      x: 20,
      y: (top + bottom) / 2,
      "text-anchor": "middle",
      fill: ink.strong,
    }),
    element("g", { "clip-path": "url(#frame)" }, ...lines.map((line) => draw(line, x, y))),
  );
}

function draw(
  { points, color, width = 2, opacity = 1, dots = false }: Line,
  x: (v: number) => number,
  y: (v: number) => number,
): string {
  const placed = points.map(([a, b]) => [x(a), y(b)] as const);
  const path = element("path", {
    d: linePath(placed),
    fill: "none",
    stroke: color,
    "stroke-width": width,
    "stroke-linejoin": "round",
    "stroke-linecap": "round",
    opacity,
  });
  const circles = dots
    ? placed.map(([cx, cy]) =>
        element("circle", { cx, cy, r: 3.5, fill: ink.paper, stroke: color, "stroke-width": 2 }),
      )
    : [];
  return path + circles.join("");
}

/** Names in a row below the subtitle; their widths are estimated, because nothing here can measure text. */
function legend(lines: readonly Line[]): string {
  let at = frame.left;
  return lines
    .filter(({ name }) => name !== undefined)
    .map(({ name, color, width = 2 }) => {
      const start = at;
      at += 46 + name!.length * 7;
      return (
        element("line", {
          x1: start,
          x2: start + 22,
          y1: 71,
          y2: 71,
          stroke: color,
          "stroke-width": Math.max(width, 2),
          "stroke-linecap": "round",
        }) + label(name!, { x: start + 29, y: 75.5, fill: ink.strong })
      );
    })
    .join("");
}

/** Lengths are powers of two, which nobody knows by "32.77K". */
const short = (value: number) =>
  new Intl.NumberFormat("en", {
    notation: Math.abs(value) < 1e6 ? "standard" : "compact",
    maximumSignificantDigits: 6,
  }).format(value);
