/** Layers inside a layer's configuration, in the form that tfjs-layers gives to its own wrappers. */
import { serialization } from "@tensorflow/tfjs-core";
import type { layers } from "@tensorflow/tfjs-layers";
import { InputError } from "@reformer-ts/internal-checks";

// Has the type of a configuration value of tfjs, which interfaces have not.
// oxlint-disable-next-line typescript/consistent-type-definitions
export type SerialisedLayer = {
  className: string;
  config: serialization.ConfigDict;
};

export function serialiseLayer(layer: layers.Layer): SerialisedLayer {
  return { className: layer.getClassName(), config: layer.getConfig() };
}

/** @throws InputError if no class of that name is registered */
export function deserialiseLayer({ className, config }: SerialisedLayer): layers.Layer {
  const registered = serialization.SerializationMap.getMap().classNameMap[className];
  if (registered === undefined) {
    throw new InputError({
      field: "the class of a layer in a reversible block",
      given: `"${className}"`,
      allowed: "one registered with tf.serialization.registerClass",
    });
  }
  const [layerClass, fromConfig] = registered;
  return fromConfig(layerClass, config) as layers.Layer;
}
