/** `metrics.csv`: what `metrics.jsonl` says, for spreadsheets; a column a figure, empty where a line has none. */
import type { Metrics } from "./metrics";

export function metricsCsv(lines: readonly Metrics[]): string {
  const columns = [...new Set(lines.flatMap((line) => Object.keys(line)))];
  const rows = lines.map((line) =>
    columns.map((column) => String((line as unknown as Record<string, unknown>)[column] ?? "")),
  );
  return [columns, ...rows].map((row) => `${row.join(",")}\n`).join("");
}
