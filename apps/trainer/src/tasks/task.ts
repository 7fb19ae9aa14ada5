/**
 * What a run is about. A task knows its data, how it is cut into examples, what a figure is counted per, and what shows a
 * person how far the model has come; of training itself it knows nothing.
 */
import type { Examples, Tokenizer } from "@reformer-ts/data";
import type { Image } from "@reformer-ts/data/images";
import type { Reformer } from "@reformer-ts/model";
import type { Unit } from "../figures";

export interface Task {
  /** What bits are counted per. */
  unit: Unit;
  /** Units that a token stands for, on average over what is held out. */
  unitsPerToken: number;
  /** Tokens are 0 … vocabSize - 1. */
  vocabSize: number;
  /** Null where tokens are no text. */
  tokenizer: Tokenizer | null;
  /** Of all data: a run that is resumed must find what it began with. */
  fingerprint: { bytes: number; sha256: string };
  /** How much there is, in words. */
  description: string;
  /** Tokens held out. */
  heldOutTokens: number;
  /**
   * Examples to train on, without end; example n is a function of `seed` and n alone.
   *
   * @throws InputError when the data hold none of that length
   */
  training(options: { length: number; seed: number }): Examples;
  /**
   * What is held out, every token counted once.
   *
   * @throws InputError when the data cannot be cut so
   */
  heldOut(options: HeldOutOptions): Examples;
  /** What the model makes of something that it never saw. */
  sample(model: Reformer, options: SampleOptions): Promise<Sample>;
  close(): void;
}

export interface HeldOutOptions {
  length: number;
  /** Tokens that each example adds; null: `length`. */
  stride?: number | null;
  /** About how many tokens are wanted; all by default. */
  limit?: number;
}

export interface SampleOptions {
  maxTokens: number;
  /** Longest prompt. */
  length: number;
  seed: number;
  /** Asked between tokens; true gives up. */
  interrupted: () => boolean;
}

export type Sample = { text: string } | { image: Image };
