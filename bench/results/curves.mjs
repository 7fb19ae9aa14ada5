/** Lines in one frame, as SVG that reads on light and dark pages alike. */
import { extent, ticks } from "d3-array";

const [width, height] = [760, 380];
const frame = { left: 64, right: 236, top: 44, bottom: 46 };
const colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8a6d00", "#56b4e9"];
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** @param lines `{ name, points: [x, y][], dashed }` each */
export function curves({ title, x: xLabel, y: yLabel, lines }) {
  const points = lines.flatMap((line) => line.points);
  const [low, high] = extent(points, ([, y]) => y);
  const last = Math.max(...points.map(([x]) => x));
  const x = (value) => frame.left + (value / last) * (width - frame.left - frame.right);
  const y = (value) =>
    height - frame.bottom - ((value - low) / (high - low || 1)) * (height - frame.top - frame.bottom);
  const text = (content, at, more = "") =>
    `<text x="${at[0].toFixed(1)}" y="${at[1].toFixed(1)}" fill="#57606a" ${more}>${escaped(content)}</text>`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="13" role="img">`,
    `<title>${escaped(title)}</title><rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(title, [frame.left, 26], 'font-size="16" font-weight="600"'),
    ...ticks(low, high, 6).map(
      (value) =>
        `<path d="M${frame.left} ${y(value).toFixed(1)}H${width - frame.right}" stroke="#e7eaee"/>${text(String(value), [frame.left - 8, y(value) + 4], 'text-anchor="end"')}`,
    ),
    ...ticks(0, last, 5).map((value) =>
      text(value.toLocaleString("en"), [x(value), height - frame.bottom + 18], 'text-anchor="middle"'),
    ),
    text(xLabel, [(frame.left + width - frame.right) / 2, height - 8], 'text-anchor="middle"'),
    text(yLabel, [16, height / 2], `text-anchor="middle" transform="rotate(-90 16 ${height / 2})"`),
    ...lines.map(
      ({ points: line, dashed }, i) =>
        `<path d="M${line.map(([a, b]) => `${x(a).toFixed(1)} ${y(b).toFixed(1)}`).join("L")}" fill="none" stroke="${colours[i % colours.length]}" stroke-width="2"${dashed ? ' stroke-dasharray="6 6"' : ""}/>`,
    ),
    ...lines.map(
      ({ name }, i) =>
        `<path d="M${width - frame.right + 14} ${frame.top + 12 + 22 * i}h18" stroke="${colours[i % colours.length]}" stroke-width="3"/>${text(name.replace("full attention, ", "full, ").replace("queries and keys", "Q, K"), [width - frame.right + 38, frame.top + 16 + 22 * i])}`,
    ),
    "</svg>\n",
  ].join("\n");
}
