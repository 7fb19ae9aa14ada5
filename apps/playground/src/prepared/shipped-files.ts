/** A model that comes with the page, read from the repository: for the build. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ModelSource } from "../worker/models/writer";

/** @param path below `assets` */
export function readAsset(path: string): Uint8Array {
  return Uint8Array.from(readFileSync(fileURLToPath(new URL(`../../assets/${path}`, import.meta.url))));
}

export function readShipped(name: "emoji" | "novel"): ModelSource {
  const files = ["config.json", "model.safetensors"].map((file) => [file, readAsset(`${name}/${file}`)]);
  return { files: Object.fromEntries(files) };
}
