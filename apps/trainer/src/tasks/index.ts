/** The tasks that there are, by the name that a config gives them. */
import { musicVocabSize, genomeAlphabet, type Tokenizer } from "@reformer-ts/data";
import { InputError } from "@reformer-ts/internal-checks";
import type { Layer } from "../config/layer";
import type { RunConfig } from "../config/schema";
import { openDuplicationTask } from "./duplication";
import { measuredGenome, openGenomeTask } from "./genome";
import { imageDefaults, imageTokens, measuredImages, openImageTask } from "./images";
import { measuredMusic, openMusicTask } from "./music";
import type { Measured, Task } from "./task";
import { measuredText, openTextTask } from "./text";
import { textTokens } from "./text-tokenizer";
import { measuredTokens, openTokenTask, tokenKinds, tokenRowLength } from "./tokens";
import { openTranslation, translationTokens } from "./translation";

export type { Remark, Sample, Task } from "./task";

type Data = RunConfig["data"];

interface TaskKind {
  /** Which kind of model learns it. */
  architecture: "reformer" | "encoderDecoder";
  /** What the model and its training are where neither file nor flag says. */
  defaults?(data: Data): Layer;
  /** Distinct tokens of the data. */
  vocabSize(data: Data): number;
  /** Tokens of an example, where they are not a matter of choice. */
  length?(data: Data): number | null;
  /**
   * @param tokenizer of the weights that there are already
   * @param length tokens of an example
   */
  open(data: Data, tokenizer: Tokenizer | undefined, length: number): Task;
  /** A file of the kind, to be measured whole; absent where there are no files. */
  measured?(path: string, data: Data, tokenizer: Tokenizer): Measured;
}

export const tasks: Record<Data["task"], TaskKind> = {
  text: {
    architecture: "reformer",
    vocabSize: textTokens,
    open: openTextTask,
    measured: measuredText,
  },
  images: {
    architecture: "reformer",
    defaults: imageDefaults,
    vocabSize: () => 256,
    length: imageTokens,
    open: openImageTask,
    measured: measuredImages,
  },
  music: {
    architecture: "reformer",
    vocabSize: () => musicVocabSize,
    open: openMusicTask,
    measured: measuredMusic,
  },
  genome: {
    architecture: "reformer",
    vocabSize: () => genomeAlphabet.length,
    open: openGenomeTask,
    measured: measuredGenome,
  },
  tokens: {
    architecture: "reformer",
    defaults(data) {
      const length = tokenRowLength(data);
      return length === null ? {} : { model: { maxLength: length }, training: { length } };
    },
    vocabSize: tokenKinds,
    length: tokenRowLength,
    open: openTokenTask,
    measured: measuredTokens,
  },
  duplication: {
    architecture: "reformer",
    defaults: () => ({ model: { maxLength: 1024 }, training: { length: 1024 } }),
    vocabSize: ({ numSymbols }) => numSymbols + 1,
    open: (data, _, length) => openDuplicationTask(data, length),
  },
  translation: {
    architecture: "encoderDecoder",
    vocabSize: translationTokens,
    open: openTranslation,
  },
};

/** @throws InputError when the data are missing, damaged or too few */
export function openTask(data: Data, options: { tokenizer?: Tokenizer; length: number }): Task {
  return tasks[data.task].open(data, options.tokenizer, options.length);
}

/** @throws InputError when the file is missing or damaged, or the task knows no files */
export function openMeasured(path: string, data: Data, tokenizer: Tokenizer): Measured {
  const { measured } = tasks[data.task];
  if (measured !== undefined) return measured(path, data, tokenizer);
  throw new InputError({
    field: path,
    given: "a file",
    allowed: `left out: a model of task ${data.task} is measured by \`reformer evaluate\` alone`,
  });
}
