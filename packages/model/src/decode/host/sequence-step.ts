import type { LayerCache } from "../layer-cache";

/** One more token of one sequence. */
export interface SequenceStep {
  token: number;
  position: number;
  /** By layer. */
  caches: readonly LayerCache[];
}
