/** Which parameters several places of the model use, and the one name that stands for each. */
import type { ReformerConfig } from "./config";

const inLayer = /^layers\.(\d+)\.(attention|feedForward)\.(?!norm\.)/;

/** The name that stands for `name`: that of the first layer of its kind, when layers are tied. */
export function sharedName({ layers, tieLayers }: ReformerConfig, name: string): string {
  const found = tieLayers ? inLayer.exec(name) : null;
  if (found === null) return name;
  const first = found[2] === "feedForward" ? 0 : layers.indexOf(layers[Number(found[1])]!);
  return name.replace(/^layers\.\d+/, `layers.${first}`);
}

/** Whether several places use the parameter of this name. */
export function isShared({ tieLayers, tieEmbeddings }: ReformerConfig, name: string): boolean {
  if (tieEmbeddings && (name === "embedding.tokens" || name === "embedding.projection")) return true;
  return tieLayers && inLayer.test(name);
}
