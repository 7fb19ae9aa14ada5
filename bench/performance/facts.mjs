/** Where and when something was measured, and how figures are written. */
import { existsSync, readFileSync } from "node:fs";
import { cpus } from "node:os";

/** What belongs to every result. */
export function machine() {
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} cores (${cpus()[0].model.trim()})`,
    node: process.versions.node,
  };
}

/** Objects of a file with one a line; none when there is no such file. */
export function readLines(path) {
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export const count = (value) => Math.round(value).toLocaleString("en");
export const gigabytes = (bytes) =>
  bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;
