/**
 * Writing one token at a time. A prompt is read in one parallel pass on the backend; from then on a token is computed on
 * the host, over cached keys. An LSH or local layer looks at the same number of keys wherever it stands, so the cost of a
 * token does not grow with the context; only a full layer's does.
 *
 * For local, full and strictly routed LSH layers the logits are those of the full pass. Classic LSH routing sorts later
 * tokens among earlier ones, so there what an earlier token attended to is kept as it was when the token was written.
 */
import { InputError, requireInteger } from "@reformer-ts/internal-checks";
import { checkIds, checkLength } from "../batch";
import type { InspectedRow } from "../inspect-attention";
import type { Reformer } from "../reformer";
import { attendedRows } from "./attended-rows";
import { readHostModel, type HostModel } from "./host/host-model";
import type { LayerCache } from "./layer-cache";
import { readPrompt } from "./read-prompt";
import { checkRoom } from "./reading-room";
import { segmentsOf } from "./segments";

export interface Decoder {
  /** Tokens of each sequence so far. */
  readonly lengths: readonly number[];
  /** What follows each sequence, as it is now: logits of the next token, `[vocabSize]` each. */
  readonly logits: readonly Float32Array[];
  /** Bytes on the host: what is remembered of all sequences, and the copy of the weights. */
  readonly bytes: { caches: number; weights: number };
  /**
   * Forgets everything and reads a prompt per sequence; prompts of one length in one pass, others one after another.
   *
   * @returns logits of the next token, `[vocabSize]` per sequence
   * @throws InputError when there is no prompt, one is empty or too long, a token is unknown, a segment has no length, the
   *         model cannot write, or the backend can tell that it has no room
   */
  read(prompts: readonly Int32Array[], options?: ReadOptions): Promise<Float32Array[]>;
  /**
   * Appends one token per sequence and returns the logits of the next.
   *
   * @throws InputError when a token is unknown or a sequence has filled the position table
   */
  append(tokens: readonly number[]): Promise<Float32Array[]>;
  /**
   * Goes on with these of the sequences, in this order; one may be taken several times, to go on in several ways.
   *
   * @throws InputError when there is no such sequence
   */
  select(sequences: readonly number[]): void;
  /**
   * What the newest token of every sequence attends to in a layer: a row per sequence (`batch`) and head.
   *
   * @throws InputError when there is no such layer
   */
  attended(layer: number): InspectedRow[];
  /** Lets go of everything remembered. The model stays the caller's. */
  dispose(): void;
}

export interface ReadOptions {
  /** Is told how much is read, from 0 to 1. */
  onProgress?: (share: number) => void;
  /** Positions of a prompt that are worked on at a time; by default 32,768 of all prompts that are read together. */
  segmentLength?: number;
}

interface Sequence {
  length: number;
  /** By layer. */
  caches: LayerCache[];
  logits: Float32Array;
}

/** A decoder that remembers keys and buckets, so that a token costs the same after many as after few. */
export function createDecoder(model: Reformer): Decoder {
  const { config } = model;
  let loading: Promise<HostModel> | undefined;
  let host: HostModel | undefined;
  let sequences: Sequence[] = [];

  const predictions = () => sequences.map(({ logits }) => logits);

  return {
    get lengths() {
      return sequences.map(({ length }) => length);
    },
    get logits() {
      return predictions();
    },
    get bytes() {
      const caches = sequences.flatMap((sequence) => sequence.caches.map(({ bytes }) => bytes));
      return { caches: caches.reduce((a, b) => a + b, 0), weights: host?.bytes ?? 0 };
    },

    async read(prompts, { onProgress = () => {}, segmentLength } = {}) {
      if (prompts.length === 0)
        throw new InputError({ field: "prompts", given: "empty", allowed: "at least one prompt" });
      for (const [i, prompt] of prompts.entries()) checkPrompt(model, prompt, i);
      if (segmentLength !== undefined) requireInteger("segmentLength", segmentLength, 1);
      host = await (loading ??= readHostModel(model));
      const { emptyCaches } = host;
      const caches = prompts.map(emptyCaches);
      const passes = passesOf(prompts);
      for (const pass of passes) {
        const together = pass.map((i) => prompts[i]!);
        checkRoom(config, together, segmentsOf(config, together, segmentLength));
      }
      sequences = [];
      const logits: Float32Array[] = [];
      for (const [done, pass] of passes.entries()) {
        const ofPass = pass.map((i) => caches[i]!);
        const found = await readPrompt(
          model,
          host,
          pass.map((i) => prompts[i]!),
          ofPass,
          { tell: (share) => onProgress((done + share) / passes.length), segmentLength },
        );
        pass.forEach((i, row) => (logits[i] = found[row]!));
      }
      sequences = prompts.map(({ length }, i) => ({ length, caches: caches[i]!, logits: logits[i]! }));
      return predictions();
    },

    async append(tokens) {
      if (host === undefined)
        throw new InputError({ field: "append", given: "called before read", allowed: "called after it" });
      checkIds("tokens", tokens, {
        count: sequences.length,
        least: 0,
        below: config.vocabSize,
        what: "token",
      });
      for (const { length } of sequences) checkLength(config, "sequence", length + 1);
      const logits = await host.step(
        sequences.map(({ caches, length }, i) => ({ token: tokens[i]!, position: length, caches })),
      );
      sequences.forEach((sequence, i) => {
        sequence.length++;
        sequence.logits = logits[i]!;
      });
      return predictions();
    },

    select(chosen) {
      checkPlaces("sequences", chosen, sequences.length);
      // The first to take a sequence takes its memory, later ones a copy.
      sequences = chosen.map((index, i) => {
        const sequence = sequences[index]!;
        if (chosen.indexOf(index) === i) return sequence;
        return { ...sequence, caches: sequence.caches.map((cache) => cache.fork()) };
      });
    },

    attended(layer) {
      checkPlaces("layer", [layer], config.layers.length);
      return sequences.flatMap(({ caches, length }, batch) =>
        attendedRows(caches[layer]!.attended(host!.memoryOf(layer)), { batch, query: length - 1 }),
      );
    },

    dispose() {
      sequences = [];
      loading = host = undefined;
    },
  };
}

/** Prompts by number that can be read together: all, when they are of one length. */
function passesOf(prompts: readonly Int32Array[]): number[][] {
  const all = [...prompts.keys()];
  return prompts.every(({ length }) => length === prompts[0]!.length) ? [all] : all.map((i) => [i]);
}

function checkPlaces(field: string, places: readonly number[], count: number): void {
  checkIds(field, places, { count: places.length, least: 0, below: count, what: "number" });
}

function checkPrompt({ config }: Reformer, prompt: Int32Array, index: number): void {
  const field = index === 0 ? "prompt" : `prompts[${index}]`;
  if (prompt.length === 0) throw new InputError({ field, given: "empty", allowed: "at least one token" });
  checkIds(field, prompt, { count: prompt.length, least: 0, below: config.vocabSize, what: "token" });
  checkLength(config, field, prompt.length);
}
