/**
 * The first and last windows of a round reach into neighbouring rounds on the ring, or around it. Those few chunks are
 * collected and added at their positions when all rounds are done.
 */
import * as tf from "@tensorflow/tfjs-core";
import { type GroupBlock, positionAt, reachedChunks, type Segment, type SlotLayout } from "./slot-layout";

export class BorderSum {
  readonly #layout: SlotLayout;
  readonly #block: GroupBlock;
  readonly #isEmpty: boolean;
  readonly #dKeys: tf.Tensor[] = [];
  readonly #dValues: tf.Tensor[] = [];
  /** The position of each collected row, as a row of the gradient. */
  readonly #targets: number[] = [];

  constructor(layout: SlotLayout, block: GroupBlock) {
    const { windowChunks, chunksPerRound, chunksAfter, order, causal, keyMask } = layout;
    this.#layout = layout;
    this.#block = block;
    // In natural order a causal query sees nothing around the ring, unless all that it could see is masked, or its
    // window goes around the ring and meets its own chunk again.
    const staysBefore = !order && causal && !keyMask && chunksAfter === 0 && windowChunks <= chunksPerRound;
    this.#isEmpty = windowChunks === 1 || staysBefore;
  }

  /** Takes what the segments of a round reached, from {@link overReached}, and keeps copies of the borders. */
  add(segments: Segment[], dKeys: tf.Tensor[], dValues: tf.Tensor[]): void {
    if (this.#isEmpty) return;
    const { chunksBefore, chunksPerRound, chunkLength, length, depth } = this.#layout;
    const { groupCount, firstGroup } = this.#block;
    const { round, chunkCount } = segments[0]!;
    const whole = { ...this.#block, round, firstChunk: 0, chunkCount: chunksPerRound };
    reachedChunks(this.#layout, whole).forEach((firstSlot, reached) => {
      if (reached >= chunksBefore && reached < chunksBefore + chunksPerRound) return;
      const segment = Math.min(Math.floor(reached / chunkCount), segments.length - 1);
      const rowsOf = (pieces: tf.Tensor[]) => {
        const from = [0, reached - segment * chunkCount, 0, 0];
        return tf.tidy(() =>
          tf.reshape(tf.slice(pieces[segment]!, from, [groupCount, 1, chunkLength, depth]), [-1, depth]),
        );
      };
      this.#dKeys.push(rowsOf(dKeys));
      this.#dValues.push(rowsOf(dValues));
      for (let group = 0; group < groupCount; group++) {
        for (let offset = 0; offset < chunkLength; offset++) {
          const position = positionAt(this.#layout, firstGroup + group, firstSlot + offset);
          // Nothing flows to an empty slot: what is added in its name is zero.
          this.#targets.push(group * length + Math.max(position, 0));
        }
      }
    });
  }

  /** `[groupCount · length, depth]` gradients with their borders; call inside a tidy. */
  addTo(dKey: tf.Tensor, dValue: tf.Tensor): [tf.Tensor, tf.Tensor] {
    if (this.#isEmpty) return [dKey, dValue];
    const targets = tf.tensor2d(Int32Array.from(this.#targets), [this.#targets.length, 1], "int32");
    const withBorders = (gradient: tf.Tensor, borders: tf.Tensor[]) =>
      tf.add(gradient, tf.scatterND(targets, tf.concat(borders), gradient.shape));
    return [withBorders(dKey, this.#dKeys), withBorders(dValue, this.#dValues)];
  }
}
