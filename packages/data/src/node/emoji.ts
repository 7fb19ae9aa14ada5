/**
 * 3,786 pictures of 64 x 64 that any machine can have: the npm package `emoji-datasource-google` brings Noto Emoji
 * (Apache-2.0), and `npm install` is all the downloading there is.
 *
 * Held out are all pictures of every tenth emoji. Variants of one emoji (skin tones, combinations) begin with the same code
 * point and stay on the same side, or the model would be tested on what it has seen.
 */

import { readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";

import { InputError } from "@reformer-ts/internal-checks";

import { onFile } from "./file-error";
import type { ImageSize } from "../images";
import { type ImageRecords, readImageFiles } from "./image-folder";

const packageName = "emoji-datasource-google";

/**
 * The pictures of `emoji-datasource-google`, those of every tenth emoji held out.
 *
 * @param from the folder whose `node_modules` are looked in, and those above it
 * @throws InputError when the package is not installed there
 */
export function readEmoji(
  size: ImageSize,
  { from = "." }: { from?: string } = {},
): { train: ImageRecords; heldOut: ImageRecords } {
  const folder = join(packageFolder(from), "img/google/64");
  const names = onFile(folder, "the package's folder of images", () => readdirSync(folder)).filter((name) =>
    name.endsWith(".png"),
  );
  const { train, heldOut } = splitEmoji(names);
  const read = (part: string[]) =>
    readImageFiles(
      part.map((name) => join(folder, name)),
      size,
    );
  return { train: read(train), heldOut: read(heldOut) };
}

/** File names such as `1f44d-1f3fb.png`, split by their first code point. */
export function splitEmoji(names: readonly string[]): { train: string[]; heldOut: string[] } {
  const heldOutFirsts = new Set([...new Set(names.map(firstOf))].toSorted().filter((_, i) => i % 10 === 9));
  const sorted = names.toSorted();
  return {
    train: sorted.filter((name) => !heldOutFirsts.has(firstOf(name))),
    heldOut: sorted.filter((name) => heldOutFirsts.has(firstOf(name))),
  };
}

function firstOf(name: string): string {
  return name.split(/[-.]/)[0]!;
}

function packageFolder(from: string): string {
  try {
    return dirname(createRequire(resolve(from, "package.json")).resolve(`${packageName}/package.json`));
  } catch (error) {
    throw new InputError(
      { field: packageName, given: "not installed", allowed: `installed: npm install ${packageName}` },
      { cause: error },
    );
  }
}
