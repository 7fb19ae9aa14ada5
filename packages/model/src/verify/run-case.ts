/**
 * Runs a golden case: a small model's answers by a reference implementation, answered again here, and the largest
 * differences. The same function serves our tests and a user's own proof that a machine computes right.
 */
import { reshape, slice, tensor, tensor2d, tidy, type Tensor, type Tensor2D } from "@tensorflow/tfjs-core";
import { InputError } from "@reformer-ts/internal-checks";
import { type Batch, checkBatch, countTargets, requireTargets } from "../batch";
import type { ReformerConfig } from "../config";
import { decodeSafetensors, type StoredTensor } from "../io/safetensors";
import { parametersFromState } from "../io/state";
import { configFromTransformers, type TransformersConfig } from "../io/transformers-config";
import { stateFromTransformers } from "../io/transformers-names";
import { adam } from "../optim/adam";
import type { Pass } from "../pass";
import { createReformer, encode, lossAndGradients, type Reformer } from "../reformer";
import { trainStep } from "../train-step";
import { type CaseFile, readCaseFile } from "./case-file";
import { largestDifference, worstGradient } from "./difference";

/** The files of a case; formats are in tools/golden/README.md. */
export interface GoldenCase {
  config: TransformersConfig;
  /** Bytes of `model.safetensors`. */
  model: Uint8Array;
  /** Bytes of `case.safetensors`. */
  case: Uint8Array;
}

/** Largest differences between a case's numbers and ours; null where the case has nothing to compare with. */
export interface CaseErrors {
  /** absolute */
  outputs: number | null;
  /** absolute */
  loss: number | null;
  /** relative to each gradient's largest entry, or to a thousandth of the largest of all where that is more */
  gradients: number | null;
  worstGradient: string;
  /** absolute, over the training steps that were run */
  losses: number | null;
}

/**
 * Answers a golden case again: outputs, loss, every gradient, and steps of training, each with its largest error.
 *
 * @param steps of training to repeat; 0 for none
 * @throws InputError when a file is damaged or asks for what this package cannot do
 */
export async function runCase(golden: GoldenCase, { steps = 0 } = {}): Promise<CaseErrors> {
  const file = readCaseFile(golden.case);
  const optimizer = steps > 0 && file.losses.length > 0 ? optimizerOf(golden.config) : null;
  const model = loadModel(golden, file);
  const pass = passOf(model.config, file);
  const batch = batchOf(model.config, file);
  try {
    checkBatch(model.config, batch);
    requireTargets(countTargets(batch));
    const outputs = await outputError(model, batch, pass, file);
    const given = await gradientsOf(model, batch, pass);
    const worst = gradientError(model, given.gradients, file);
    return {
      outputs,
      loss: file.loss === null ? null : largestDifference([given.loss], [file.loss]),
      gradients: worst.error,
      worstGradient: worst.name,
      losses:
        optimizer === null
          ? null
          : await lossesError(model, batch, pass, optimizer, file.losses.subarray(0, steps)),
    };
  } finally {
    pass.keyMask?.dispose();
    for (const rotations of pass.rotations ?? []) rotations.dispose();
    model.parameters.dispose();
  }
}

type CasePass = Pick<Pass, "keyMask" | "rotations">;

function loadModel(golden: GoldenCase, { inputIds }: CaseFile): Reformer {
  const weights = decodeSafetensors(golden.model, "model.safetensors").tensors;
  const headBias = weights["lm_head.decoder.bias"] !== undefined;
  const config = {
    ...configFromTransformers(golden.config, { length: inputIds.shape[1]!, headBias }),
    // The reference answered without dropout, whatever the model was trained with.
    hiddenDropout: 0,
    lshDropout: 0,
    localDropout: 0,
  };
  return createReformer(
    config,
    parametersFromState(config, stateFromTransformers(config, weights), "model.safetensors"),
  );
}

/** Causal models predict the next token, others the token itself; classes and spans stand in the case. */
function batchOf({ causal, head }: ReformerConfig, { inputIds, labels }: CaseFile): Batch {
  const [batch, length] = inputIds.shape as [number, number];
  const inputs = inputIds.data as Int32Array;
  if (head !== "tokens") return { inputs, targets: labels ?? new Int32Array(), batch, length };
  const targets = causal
    ? inputs.map((_, i) => (i % length === length - 1 ? -1 : inputs[i + 1]!))
    : inputs.slice();
  return { inputs, targets, batch, length };
}

/** @throws InputError when the rotations are not those of this model */
function passOf(config: ReformerConfig, { attentionMask, rotations }: CaseFile): CasePass {
  const layers = config.layers.filter((kind) => kind === "lsh").length;
  const size = [config.numBuckets].flat().reduce<number>((sum, factor) => sum + Number(factor) / 2, 0);
  const shape = [config.numHeads, config.dHead, config.numHashes, size];
  const wrong = rotations.findIndex((given) => given.shape.join() !== shape.join());
  if (rotations.length > 0 && (wrong >= 0 || rotations.length !== layers)) {
    throw new InputError({
      field: `case.safetensors: rotations.${Math.max(wrong, 0)}`,
      given: `one of ${rotations.length} of shape [${rotations[Math.max(wrong, 0)]!.shape.join(", ")}]`,
      allowed: `one of ${layers}, a layer each, of shape [${shape.join(", ")}]`,
    });
  }
  return {
    ...(attentionMask
      ? { keyMask: tensor(attentionMask.data as Int32Array, attentionMask.shape, "int32") }
      : {}),
    ...(rotations.length > 0
      ? { rotations: rotations.map((given) => tensor(given.data as Float32Array, given.shape)) }
      : {}),
  };
}

async function outputError(model: Reformer, batch: Batch, pass: CasePass, { logits }: CaseFile) {
  if (logits === null) return null;
  const ours = tidy(() => {
    const { x1, x2 } = encode(model, tensor2d(batch.inputs, [batch.batch, batch.length], "int32"), pass);
    // A class is read off the first position, anything else off every position.
    const length = model.config.head === "class" ? 1 : -1;
    const rows = (x: Tensor) =>
      reshape(slice(x, [0, 0], [-1, length]), [-1, model.config.dModel]) as Tensor2D;
    return model.head.logits(rows(x1), rows(x2));
  });
  const values = await ours.data();
  ours.dispose();
  return largestDifference(values, floats(logits));
}

async function gradientsOf(model: Reformer, batch: Batch, pass: CasePass) {
  const given: Record<string, Tensor> = {};
  const loss = lossAndGradients(model, batch, {
    ...pass,
    seed: 0,
    sink: (name, gradient) => (given[name] = gradient),
  });
  const gradients: Record<string, ArrayLike<number>> = {};
  for (const [name, gradient] of Object.entries(given)) {
    gradients[name] = await gradient.data();
    gradient.dispose();
  }
  const [value] = await loss.data();
  loss.dispose();
  return { loss: value!, gradients };
}

function gradientError(
  { config }: Reformer,
  ours: Record<string, ArrayLike<number>>,
  { gradients }: CaseFile,
) {
  const theirs = Object.entries(stateFromTransformers(config, gradients));
  return worstGradient(ours, Object.fromEntries(theirs.map(([name, stored]) => [name, floats(stored)])));
}

type CaseOptimizer = Record<(typeof optimizerKeys)[number], number>;
const optimizerKeys = ["learningRate", "beta1", "beta2", "epsilon"] as const;

/** @throws InputError when the config does not say with which settings the losses came about */
function optimizerOf(config: TransformersConfig): CaseOptimizer {
  const { optimizer } = Object(config["golden"]) as { optimizer?: Partial<CaseOptimizer> };
  if (optimizerKeys.every((key) => typeof optimizer?.[key] === "number")) return optimizer as CaseOptimizer;
  throw new InputError({
    field: "config.json: golden.optimizer",
    given: JSON.stringify(optimizer) ?? "missing",
    allowed: `Adam's ${optimizerKeys.join(", ")}, with which the losses came about`,
  });
}

async function lossesError(
  model: Reformer,
  batch: Batch,
  pass: CasePass,
  { learningRate, beta1, beta2, epsilon }: CaseOptimizer,
  expected: Float32Array,
) {
  const optimizer = adam(model.parameters, { beta1, beta2, epsilon });
  const losses: number[] = [];
  for (let step = 0; step < expected.length; step++) {
    const { loss } = trainStep(model, optimizer, batch, { ...pass, seed: 0, learningRate });
    losses.push((await loss.data())[0]!);
    loss.dispose();
  }
  optimizer.dispose();
  return largestDifference(losses, expected);
}

const floats = (stored: StoredTensor) => stored.data as Float32Array;
