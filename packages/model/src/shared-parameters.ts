/**
 * Parameters that several places of the model use: with `tieLayers` layers of a kind share all but their norms, with
 * `tieEmbeddings` the head reads the token table. There is one tensor, under the name of its first use, and its
 * gradients are summed before anybody sees them.
 */
import type { GradientSink } from "@reformer-ts/reversible";
import type { ReformerConfig } from "./config";
import type { Parameters } from "./parameters";
import { summingSink } from "./residual";

const inLayer = /^layers\.(\d+)\.(attention|feedForward)\.(?!norm\.)/;

/** The name that stands for `name`: that of the first layer of its kind, when layers are tied. */
export function sharedName({ layers, tieLayers }: ReformerConfig, name: string): string {
  const found = tieLayers ? inLayer.exec(name) : null;
  if (found === null) return name;
  const first = found[2] === "feedForward" ? 0 : layers.indexOf(layers[Number(found[1])]!);
  return name.replace(/^layers\.\d+/, `layers.${first}`);
}

function isShared({ tieLayers, tieEmbeddings }: ReformerConfig, name: string): boolean {
  if (tieEmbeddings && (name === "embedding.tokens" || name === "embedding.projection")) return true;
  return tieLayers && inLayer.test(name);
}

/** The same parameters, found under every name that stands for one. */
export function withSharedNames(config: ReformerConfig, parameters: Parameters): Parameters {
  if (!config.tieLayers) return parameters;
  return {
    names: parameters.names,
    get: (name) => parameters.get(sharedName(config, name)),
    set: (name, value) => parameters.set(sharedName(config, name), value),
    dispose: parameters.dispose,
  };
}

/** A sink that hands on at once what is used once, and the sum of what is used several times when flushed. */
export function sharingSink(
  config: ReformerConfig,
  sink: GradientSink,
): { sink: GradientSink; flush(): void } {
  const summed = summingSink();
  return {
    sink: (name, gradient) =>
      isShared(config, name) ? summed.sink(sharedName(config, name), gradient) : sink(name, gradient),
    flush: () => summed.flush(sink),
  };
}
