/** Errors of golden cases as lines of text. */
import type { CaseErrors, Measured } from "@reformer-ts/model";

const columns: readonly (readonly [key: Measured, title: string])[] = [
  ["outputs", "outputs"],
  ["loss", "loss"],
  ["gradients", "gradients"],
  ["losses", "losses"],
];

export interface ErrorTable {
  head: string;
  row(name: string, errors: CaseErrors, beyond: readonly Measured[]): string;
}

/** @param names of all rows, which decide how wide the first column is */
export function errorTable(names: readonly string[]): ErrorTable {
  const width = Math.max(4, ...names.map((name) => name.length));
  const line = (cells: readonly string[], ending: string) =>
    `${cells[0]!.padEnd(width)}${cells
      .slice(1)
      .map((cell) => cell.padStart(11))
      .join("")}${ending}\n`;
  return {
    head: line(["case", ...columns.map(([, title]) => title)], ""),
    row: (name, errors, beyond) =>
      line(
        [name, ...columns.map(([key]) => showError(errors[key]))],
        beyond.length > 0 ? `  beyond tolerance: ${beyond.join(", ")}` : "",
      ),
  };
}

/** The last line. */
export function errorLine(cases: number, beyond: readonly string[]): string {
  const count = cases === 1 ? "1 case" : `${cases} cases`;
  return beyond.length === 0
    ? `${count}, all within tolerance\n`
    : `${count}, ${beyond.length} beyond tolerance: ${beyond.join(", ")}\n`;
}

/** Two digits: an error says how many digits of something else are right. A dash where there was nothing to compare. */
export function showError(error: number | null): string {
  return error === null ? "-" : error.toExponential(1);
}
