/** Whether a long prompt can be read at all, asked before anything is: half a book further a backend only falls over. */
import { InputError } from "@reformer-ts/internal-checks";
import type { ReformerConfig } from "../config";
import { runRoom } from "../kernels/dispatch";
import type { RoomAttributes } from "../kernels/names";
import { gigabytes } from "../memory/plan";
import { lookBack, type Segment } from "./segments";

/** Name of the error that is the cause, by which a caller knows that another backend may have room. */
const noRoom = "NoRoomError";

/** @throws InputError where the backend can tell that it has no room; its cause, a `NoRoomError`, is what it said */
export function checkRoom(
  config: ReformerConfig,
  prompts: readonly ArrayLike<number>[],
  segments: readonly Segment[],
): void {
  const [batch, length] = [prompts.length, prompts[0]!.length];
  const room = readingBytes(config, { batch, length, segments });
  try {
    runRoom(room);
  } catch (error) {
    const cause = new Error(error instanceof Error ? error.message : String(error), { cause: error });
    cause.name = noRoom;
    throw new InputError(
      {
        field: "prompt",
        given: `${batch > 1 ? `${batch} x ` : ""}${length} tokens, of which ${gigabytes(room.bytes)} have to be on the backend at a time`,
        allowed: `shorter (${cause.message})`,
      },
      { cause },
    );
  }
}

/** An estimate of what is on the backend at a time, beside the parameters. */
function readingBytes(
  config: ReformerConfig,
  { batch, length, segments }: { batch: number; length: number; segments: readonly Segment[] },
): RoomAttributes {
  const { layers, dModel, numHeads, dHead, numHashes } = config;
  const longestLookBack = Math.max(0, ...layers.map((_, layer) => lookBack(config, layer) ?? 0));
  const rowsOfSegment = batch * (segments[0]!.length + (segments.length > 1 ? longestLookBack : 0));
  // Of the last layer nothing but projections is asked.
  const whole = layers.slice(0, -1).filter((_, layer) => lookBack(config, layer) === null);
  const vectors = Math.max(0, ...whole.map((kind) => vectorsOf(config, kind)));
  // Sorting takes a few integers a position and round, and two copies of some.
  const ofPosition = segments.length > 1 && whole.length > 0 ? vectors * dHead + 6 * numHashes : 0;
  return {
    bytes: 4 * (rowsOfSegment * (4 * dModel + 8 * numHeads * dHead) + batch * length * ofPosition),
    largest:
      4 *
      Math.max(
        rowsOfSegment * Math.max(dModel, numHeads * dHead),
        segments.length > 1 && whole.length > 0 ? batch * length * dHead : 0,
      ),
  };
}

/** Vectors of one head that exist together: projections, what becomes of them, and the output. */
function vectorsOf({ positions }: ReformerConfig, kind: ReformerConfig["layers"][number]): number {
  const turned = positions === "rotary" ? 1 : 0;
  return kind === "lsh" ? 4 + turned : 5 + 2 * turned;
}
