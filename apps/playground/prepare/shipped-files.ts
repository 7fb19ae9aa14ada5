/** The models and the book that come with the page, read from the repository: for the build. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import type { ModelSource } from "../src/worker/models/writer";

const read = (path: string) => readFileSync(fileURLToPath(new URL(path, import.meta.url)));

/** @param path below `assets` */
export function readAsset(path: string): Uint8Array {
  return Uint8Array.from(read(`../assets/${path}`));
}

export function readBook(): Uint8Array {
  return Uint8Array.from(gunzipSync(read("../../trainer/assets/crime-and-punishment.txt.gz")));
}

export function readShipped(name: "emoji" | "novel"): ModelSource {
  const files = ["config.json", "model.safetensors"].map((file) => [file, readAsset(`${name}/${file}`)]);
  return { files: Object.fromEntries(files) };
}
