/**
 * Parameters that several places of the model use: with `tieLayers` layers of a kind share all but their norms, with
 * `tieEmbeddings` the head reads the token table. There is one tensor, under the name of its first use, and its
 * gradients are summed before anybody sees them.
 */
import type { GradientSink } from "@reformer-ts/reversible";
import type { ReformerConfig } from "./config";
import type { Parameters } from "./parameters";
import { summingSink } from "./residual";
import { isShared, sharedName } from "./shared-names";

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
