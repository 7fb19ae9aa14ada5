/**
 * Where a walk through a reversible stack stands: layers 0 … n - 1 are run upwards, one a step, then rebuilt downwards.
 * At any moment the streams of one layer exist; the rest is forgotten, or not there yet.
 */

/** Computed on the way up; forgotten since; rebuilt on the way down. */
export type LayerState = "ahead" | "here" | "forgotten" | "rebuilt";

export function layerState(layer: number, { step, layers }: { step: number; layers: number }): LayerState {
  if (step <= layers) {
    if (layer === step - 1) return "here";
    return layer < step - 1 ? "forgotten" : "ahead";
  }
  return layer >= 2 * layers - step ? "rebuilt" : "forgotten";
}

export function sayWalk({ step, layers }: { step: number; layers: number }): string {
  if (step === 0) return "Nothing has run yet.";
  if (step < layers)
    return `Forward: layer ${step} of ${layers} has run, and what came before it is forgotten.`;
  if (step === layers) return "Forward is done. Only the last two streams are kept.";
  const layer = 2 * layers - step + 1;
  if (step < 2 * layers) return `Backward: layer ${layer} has been rebuilt from its outputs, by subtraction.`;
  return "Backward is done: every layer has been rebuilt, and its gradients taken.";
}
