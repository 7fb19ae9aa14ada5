/** A training that can be paused: the model, its optimizer and how far it is. All of it lives in the worker. */
import { deriveSeed } from "@reformer-ts/internal-random";
import {
  adam,
  countParameters,
  createReformer,
  encodeSafetensors,
  initializeParameters,
  learningRateAt,
  parametersFromState,
  readParameters,
  trainStep,
} from "@reformer-ts/model";
import { byteTokens } from "../models/byte-tokens";
import type { OpenedModel } from "../models/open-model";
import { batchOf, lessonsFor } from "./lessons";
import { type Observation, observe, type ReadText } from "./observe";
import { batchSizes, modelConfig, type TrainSettings } from "./settings";

export interface TrainingFacts {
  parameters: number;
  /** Symbols that a guess is among. */
  vocabSize: number;
  /** Tokens of a sequence: what was asked for, or less where a loaded model has fewer positions. */
  length: number;
  layers: string;
}

export interface Training {
  readonly facts: TrainingFacts;
  readonly step: number;
  /** One update; @returns bits per counted token before it */
  advance(): Promise<number>;
  observe(): Promise<Observation>;
  /** A checkpoint folder, by file name, that the trainer opens. */
  files(): Promise<Record<string, Uint8Array>>;
  dispose(): void;
}

const warmup = 20;

/**
 * @param loaded the model to go on with, instead of a fresh one
 * @throws InputError when model and task do not fit
 */
export function openTraining(asked: TrainSettings, text?: Uint8Array, loaded?: OpenedModel): Training {
  const config = loaded?.config ?? modelConfig(asked);
  const settings = { ...asked, length: Math.min(asked.length, config.maxLength) };
  const reader = settings.task === "text" ? byteTokens(config, loaded?.vocabulary) : undefined;
  const read: ReadText | undefined = reader && { reader, bytes: text ?? new Uint8Array() };
  const lessons = lessonsFor(settings, read?.reader.source(read.bytes));
  const parameters = loaded
    ? parametersFromState(config, loaded.state, "the model")
    : initializeParameters(config, settings.seed);
  const optimizer = adam(parameters);
  const model = createReformer(config, parameters);
  const batch = batchSizes[settings.task];
  return {
    facts: {
      parameters: countParameters(config),
      vocabSize: config.vocabSize,
      length: settings.length,
      layers: config.layers.join(", "),
    },
    get step() {
      return optimizer.step;
    },
    async advance() {
      const step = optimizer.step + 1;
      const { learningRate: peak, seed } = settings;
      const learningRate = learningRateAt({ kind: "constant", peak, warmup, total: Infinity }, step);
      const taken = trainStep(model, optimizer, batchOf(lessons.train, (step - 1) * batch, batch), {
        seed: deriveSeed(seed, "step", step),
        learningRate,
        clipNorm: 1,
      });
      const [loss] = await taken.loss.data();
      taken.loss.dispose();
      taken.gradientNorm?.dispose();
      return loss! / Math.LN2;
    },
    observe: () => observe(model, lessons, settings, read),
    async files() {
      return {
        "config.json": new TextEncoder().encode(`${JSON.stringify(config, null, 2)}\n`),
        "model.safetensors": encodeSafetensors(await readParameters(parameters)),
      };
    },
    dispose() {
      optimizer.dispose();
      parameters.dispose();
    },
  };
}
