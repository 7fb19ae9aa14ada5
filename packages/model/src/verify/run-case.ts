/**
 * Runs a golden case: a small model's answers by a reference implementation, answered again here, and the largest
 * differences. The same function serves our tests and a user's own proof that a machine computes right.
 */
import { reshape, slice, tensor, tensor2d, tidy, type Tensor, type Tensor2D } from "@tensorflow/tfjs-core";
import { InputError } from "@reformer-ts/internal-checks";
import type { Batch } from "../batch";
import { decodeSafetensors, type StoredTensor } from "../io/safetensors";
import { parametersFromState } from "../io/state";
import { configFromTransformers, type TransformersConfig } from "../io/transformers-config";
import { stateFromTransformers } from "../io/transformers-names";
import { adam } from "../optim/adam";
import { createReformer, encode, lossAndGradients, type Reformer } from "../reformer";
import { trainStep } from "../train-step";

/** The files of a case; formats are in tools/golden/README.md. */
export interface GoldenCase {
  config: TransformersConfig;
  /** Bytes of `model.safetensors`. */
  model: Uint8Array;
  /** Bytes of `case.safetensors`. */
  case: Uint8Array;
}

/** Largest differences between a case's numbers and ours; NaN where the case has nothing to compare. */
export interface CaseErrors {
  /** absolute */
  outputs: number;
  /** absolute */
  loss: number;
  /** relative to each gradient's largest entry, or to a thousandth of the largest of all where that is more */
  gradients: number;
  worstGradient: string;
  /** absolute, over the training steps that were run */
  losses: number;
}

/**
 * @param steps of training to repeat; 0 for none
 * @throws InputError when a file is damaged or asks for what this package cannot do
 */
export async function runCase(golden: GoldenCase, { steps = 0 } = {}): Promise<CaseErrors> {
  const stored = decodeSafetensors(golden.case, "case.safetensors").tensors;
  const model = loadModel(golden, stored);
  const batch = batchOf(golden.config, stored);
  const pass = passOf(stored);
  try {
    const outputs = await outputError(model, batch, pass, stored["logits"]);
    const { loss, gradients } = await gradientsOf(model, batch, pass);
    const lossError = stored["loss"] ? Math.abs(loss - floats(stored["loss"])[0]!) : NaN;
    const worst = gradientError(model, gradients, stored);
    const losses = await lossesError(model, batch, pass, golden.config, stored["losses"], steps);
    return { outputs, loss: lossError, gradients: worst.error, worstGradient: worst.name, losses };
  } finally {
    pass.keyMask?.dispose();
    for (const rotations of pass.rotations ?? []) rotations.dispose();
    model.parameters.dispose();
  }
}

type CaseTensors = Record<string, StoredTensor>;
interface CasePass {
  keyMask?: Tensor;
  rotations?: Tensor[];
}

const floats = (stored: StoredTensor) => stored.data as Float32Array;

function loadModel(golden: GoldenCase, stored: CaseTensors): Reformer {
  const weights = decodeSafetensors(golden.model, "model.safetensors").tensors;
  const [, length] = idsOf(stored).shape;
  const headBias = weights["lm_head.decoder.bias"] !== undefined;
  const config = configFromTransformers(golden.config, { length: length!, headBias });
  return createReformer(
    config,
    parametersFromState(config, stateFromTransformers(config, weights), "model.safetensors"),
  );
}

function idsOf(stored: CaseTensors): StoredTensor {
  const ids = stored["input_ids"];
  if (ids === undefined || ids.dtype !== "I32" || ids.shape.length !== 2) {
    throw new InputError({
      field: "case.safetensors: input_ids",
      given: ids === undefined ? "missing" : `${ids.dtype} of shape [${ids.shape.join(", ")}]`,
      allowed: "I32 of shape [batch, length]",
    });
  }
  return ids;
}

/** Causal models predict the next token, others the token itself; classes and spans stand in the case. */
function batchOf(config: TransformersConfig, stored: CaseTensors): Batch {
  const { shape, data } = idsOf(stored);
  const [batch, length] = shape as [number, number];
  const inputs = data as Int32Array;
  const given = labelsOf(stored);
  if (given !== null) return { inputs, targets: given, batch, length };
  const targets = config["is_decoder"]
    ? inputs.map((_, i) => (i % length === length - 1 ? -1 : inputs[i + 1]!))
    : inputs.slice();
  return { inputs, targets, batch, length };
}

function labelsOf({ labels, start_positions: starts, end_positions: ends }: CaseTensors): Int32Array | null {
  if (labels !== undefined) return labels.data as Int32Array;
  if (starts === undefined || ends === undefined) return null;
  return Int32Array.from({ length: 2 * starts.data.length }, (_, i) =>
    Number((i % 2 === 0 ? starts : ends).data[i >> 1]),
  );
}

function passOf(stored: CaseTensors): CasePass {
  const mask = stored["attention_mask"];
  const rotations: Tensor[] = [];
  for (let i = 0; stored[`rotations.${i}`] !== undefined; i++) {
    const { data, shape } = stored[`rotations.${i}`]!;
    rotations.push(tensor(data as Float32Array, shape));
  }
  return {
    ...(mask ? { keyMask: tensor(mask.data as Int32Array, mask.shape, "int32") } : {}),
    ...(rotations.length > 0 ? { rotations } : {}),
  };
}

async function outputError(model: Reformer, batch: Batch, pass: CasePass, expected?: StoredTensor) {
  if (expected === undefined) return NaN;
  const logits = tidy(() => {
    const { x1, x2 } = encode(model, tensor2d(batch.inputs, [batch.batch, batch.length], "int32"), pass);
    // A class is read off the first position, anything else off every position.
    const length = model.config.head === "class" ? 1 : -1;
    const rows = (x: Tensor) =>
      reshape(slice(x, [0, 0], [-1, length]), [-1, model.config.dModel]) as Tensor2D;
    return model.head.logits(rows(x1), rows(x2));
  });
  const values = await logits.data();
  logits.dispose();
  return largestDifference(values, floats(expected));
}

async function gradientsOf(model: Reformer, batch: Batch, pass: CasePass) {
  const given: Record<string, Tensor> = {};
  const loss = lossAndGradients(model, batch, {
    ...pass,
    seed: 0,
    sink: (name, gradient) => (given[name] = gradient),
  });
  const gradients: Record<string, StoredTensor> = {};
  for (const [name, gradient] of Object.entries(given)) {
    gradients[name] = { dtype: "F32", shape: gradient.shape, data: Float32Array.from(await gradient.data()) };
    gradient.dispose();
  }
  const [value] = await loss.data();
  loss.dispose();
  return { loss: value!, gradients };
}

function gradientError(model: Reformer, ours: CaseTensors, stored: CaseTensors) {
  const expected = stateFromTransformers(
    model.config,
    Object.fromEntries(
      Object.entries(stored).flatMap(([name, value]) =>
        name.startsWith("grad.") ? [[name.slice("grad.".length), value]] : [],
      ),
    ),
  );
  const largestOfAll = Math.max(0, ...Object.values(expected).map((gradient) => largest(floats(gradient))));
  let worst = { name: "", error: Object.keys(expected).length === 0 ? NaN : 0 };
  for (const [name, gradient] of Object.entries(expected)) {
    const scale = Math.max(largest(floats(gradient)), largestOfAll / 1000);
    const error = largestDifference(floats(ours[name]!), floats(gradient)) / scale;
    if (error > worst.error || Number.isNaN(error)) worst = { name, error };
  }
  return worst;
}

async function lossesError(
  model: Reformer,
  batch: Batch,
  pass: CasePass,
  config: TransformersConfig,
  expected: StoredTensor | undefined,
  steps: number,
) {
  if (expected === undefined || steps === 0) return NaN;
  const { learningRate, ...options } = (config["golden"] as { optimizer: Record<string, number> }).optimizer;
  const optimizer = adam(model.parameters, options);
  let worst = 0;
  for (let step = 0; step < Math.min(steps, expected.data.length); step++) {
    const { loss } = trainStep(model, optimizer, batch, { ...pass, seed: 0, learningRate: learningRate! });
    worst = Math.max(worst, Math.abs((await loss.data())[0]! - floats(expected)[step]!));
    loss.dispose();
  }
  optimizer.dispose();
  return worst;
}

const largest = (values: ArrayLike<number>) => {
  let found = 0;
  for (let i = 0; i < values.length; i++) found = Math.max(found, Math.abs(values[i]!));
  return found;
};

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let found = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (!(difference <= found)) found = difference;
  }
  return found;
}
