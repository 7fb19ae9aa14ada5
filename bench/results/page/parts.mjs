/** What every section of the page uses. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { curves } from "../curves.mjs";

const data = new URL("../data/", import.meta.url);
export const docs = new URL("../../../docs/", import.meta.url);

/** The result of one training, or nothing when it was not measured. */
export function measured(name) {
  const file = new URL(`${name}.json`, data);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

/** All results that match a pattern of names. */
export const matching = (pattern) =>
  readdirSync(data)
    .map((file) => file.replace(/\.json$/, ""))
    .filter((name) => pattern.test(name))
    .map(measured);

export const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;

export const origin = ({ date, machine, node, command }) =>
  `${date}, ${machine}, Node ${node}, TensorFlow 2.21.0 with native kernels, \`${command}\`.`;

export function draw(name, options) {
  const folder = new URL("figures/", docs);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`${name}.svg`, folder), curves(options));
}

/** Points of a mean per equal part of a training, at the middle of each part. */
export const parts = (values, steps) =>
  values.map((value, i) => [((i + 0.5) * steps) / values.length, value]);
