/** The authors' drawing of a layer: streams as lines, what is added to them, or subtracted, from boxes between them. */

/** From one place to another along straight pieces, with an arrowhead at the end. */
type Wire = readonly (readonly [x: number, y: number])[];

export interface Drawing {
  wires: readonly Wire[];
  boxes: readonly { x: number; y: number; name: string }[];
  /** Where a box's result meets a stream. */
  sums: readonly { x: number; y: number; sign: "+" | "−" }[];
  labels: readonly { x: number; y: number; name: string }[];
}

const [left, right, upper, lower] = [26, 234, 24, 96];
const middle = (upper + lower) / 2;
const [first, second] = [94, 172];
const [boxWidth, boxHeight, radius] = [78, 26, 9];

export const residual: Drawing = {
  wires: [
    [
      [left, lower],
      [right, lower],
    ],
    [
      [56, lower],
      [56, middle - 20],
      [second, middle - 20],
      [second, lower - radius],
    ],
  ],
  boxes: [{ x: 114, y: middle - 20, name: "F" }],
  sums: [{ x: second, y: lower, sign: "+" }],
  labels: [
    { x: 12, y: lower, name: "x" },
    { x: 248, y: lower, name: "y" },
  ],
};

const between = {
  boxes: [
    { x: first, y: middle, name: "Attention" },
    { x: second + 6, y: middle, name: "FeedForward" },
  ],
  labels: [
    { x: 12, y: upper, name: "x₁" },
    { x: 12, y: lower, name: "x₂" },
    { x: 248, y: upper, name: "y₁" },
    { x: 248, y: lower, name: "y₂" },
  ],
};
const branches: Wire[] = [
  [
    [first, lower],
    [first, upper + radius],
  ],
  [
    [second + 6, upper],
    [second + 6, lower - radius],
  ],
];
const meeting = (sign: "+" | "−") => [
  { x: first, y: upper, sign },
  { x: second + 6, y: lower, sign },
];
const streams = (from: number, to: number): Wire[] =>
  [upper, lower].map((y) => [
    [from, y],
    [to, y],
  ]);

export const forwards: Drawing = {
  ...between,
  wires: [...streams(left, right), ...branches],
  sums: meeting("+"),
};
export const backwards: Drawing = {
  ...between,
  wires: [...streams(right, left), ...branches],
  sums: meeting("−"),
};

/** @param isRunning whether numbers are seen to flow */
export function Wires({ drawing, isRunning }: { drawing: Drawing; isRunning: boolean }) {
  const { wires, boxes, sums, labels } = drawing;
  return (
    <svg class={`wires${isRunning ? " running" : ""}`} viewBox="0 0 260 120" aria-hidden="true">
      {wires.map((wire, i) => (
        <g key={i}>
          <polyline points={wire.map((place) => place.join(",")).join(" ")} />
          <path d={arrowhead(wire)} />
        </g>
      ))}
      {boxes.map(({ x, y, name }) => (
        <g key={name}>
          <rect x={x - boxWidth / 2} y={y - boxHeight / 2} width={boxWidth} height={boxHeight} rx={6} />
          <text x={x} y={y}>
            {name}
          </text>
        </g>
      ))}
      {sums.map(({ x, y, sign }) => (
        <g key={x} class="sum">
          <circle cx={x} cy={y} r={radius} />
          <text x={x} y={y}>
            {sign}
          </text>
        </g>
      ))}
      {labels.map(({ x, y, name }) => (
        <text key={name} class="stream" x={x} y={y}>
          {name}
        </text>
      ))}
    </svg>
  );
}

function arrowhead(wire: Wire): string {
  const [x, y] = wire.at(-1)!;
  const [fromX, fromY] = wire.at(-2)!;
  const [dx, dy] = [Math.sign(x - fromX), Math.sign(y - fromY)];
  const corner = (side: number) => `${x - 7 * dx + 4 * side * dy} ${y - 7 * dy + 4 * side * dx}`;
  return `M${x} ${y}L${corner(1)}L${corner(-1)}Z`;
}
