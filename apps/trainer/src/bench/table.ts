/** Figures of speed for people: a table whose rows appear as they are measured. */
import type { BenchRow } from "./series";

const columns: readonly [name: string, width: number, cell: (row: Measured) => string][] = [
  ["tokens/s", 10, (row) => count(row.tokensPerSecond)],
  ["us/token", 10, (row) => (1e6 / row.tokensPerSecond).toFixed(1)],
  ["of matMul", 10, (row) => `${Math.round((100 * row.gigaflops) / row.matMulGigaflops)}%`],
  ["process", 10, (row) => size(row.peakBytes)],
  ["tensors", 10, (row) => size(row.tensorBytes)],
  ["kept", 8, (row) => `${row.keepLayers}/${row.depth}`],
];

type Measured = Exclude<BenchRow, { refused: string }>;

export const tableHead = `${[
  "length".padStart(10),
  "  attention".padEnd(13),
  "layers".padStart(7),
  "rounds".padStart(7),
  ...columns.map(([name, width]) => name.padStart(width)),
].join("")}\n`;

export function tableRow(row: BenchRow): string {
  const { length, attention, depth, numHashes } = row;
  const rounds = attention.includes("lsh") ? String(numHashes) : "-";
  const cells = [
    count(length).padStart(10),
    `  ${attention}`.padEnd(13),
    String(depth).padStart(7),
    rounds.padStart(7),
    ...("refused" in row
      ? [`  ${row.refused}`]
      : columns.map(([, width, cell]) => cell(row).padStart(width))),
  ];
  return `${cells.join("")}\n`;
}

/** What the columns mean. */
export const tableLegend = `
One step is forward, backward and Adam on one window. of matMul: products that a step cannot do without, as a share of the
rate of a plain product here. process: the most that it ever held; tensors: of that, parameters, moments and activations.
kept: layers whose activations are kept, the rest is computed again.
`;

const count = (value: number) => Math.round(value).toLocaleString("en");
const size = (bytes: number) =>
  bytes < 1e9 ? `${(bytes / 1e6).toFixed(0)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
