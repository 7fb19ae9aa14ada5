/**
 * What a run is about. A task knows its data, how it is cut into examples, what a figure is counted per, and what shows a
 * person how far the model has come; of training itself it knows nothing.
 */
import type { Examples, Tokenizer } from "@reformer-ts/data";
import type { Image } from "@reformer-ts/data/images";
import type { Model } from "../architecture/model-config";
import type { Unit } from "../figures";
import type { Fingerprint } from "./fingerprint";

/** Data that a model is measured on. */
export interface Measured {
  /** What bits are counted per. */
  unit: Unit;
  /** Units that a token stands for, on average over what is held out. */
  unitsPerToken: number;
  /**
   * What is held out, every token counted once.
   *
   * @throws InputError when the data cannot be cut so
   */
  heldOut(options: HeldOutOptions): Examples;
  close(): void;
}

export interface Task extends Measured {
  /** Tokens are 0 … vocabSize - 1. */
  vocabSize: number;
  /** Null where tokens are no text. */
  tokenizer: Tokenizer | null;
  fingerprint: Fingerprint;
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
   * Up to `length` tokens of what is held out, from `at` on: what a model may be asked to go on with. Only where tokens are text.
   *
   * @throws InputError when `at` lies outside
   */
  passage?(at: number, length: number): Int32Array;
  /** What the model, of the kind that the task trains, makes of something that it never saw. */
  sample(model: Model, options: SampleOptions): Promise<Sample>;
  /** Figures beside the bits, once training has ended. */
  remarks?(model: Model): Promise<Remark[]>;
}

export interface Remark {
  /** Such as `accuracy`. */
  name: string;
  label: string;
  value: number;
  /** The value as people read it. */
  text: string;
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

/** The same sample as a file, such as music to listen to. */
export interface SampleFile {
  ending: string;
  bytes: Uint8Array;
}

export type Sample = { text: string; file?: SampleFile } | { image: Image; file?: undefined };
