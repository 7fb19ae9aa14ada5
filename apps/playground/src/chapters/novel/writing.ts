/** A text that a model goes on with: what is shown of it, and where its last token looked. */
import type { WrittenToken } from "../../worker/tasks/novel";

export interface Writing {
  /** The window, and after it what was written. */
  text: Uint8Array;
  /** Bytes of the window. */
  given: number;
  written: number;
  last?: WrittenToken;
}
