/** Several processes stop after the same step, whichever of them heard the signal. */
import type { StopRequest, StopSignal } from "../stop";
import type { Ranks } from "./ranks";

/** A stop that all processes have heard of: one that hears a signal tells the others at the end of the step. */
export interface AgreedStop {
  /** What all know. */
  readonly signal: StopSignal | null;
  /** What this process has heard, as a number to be summed. */
  heard(): number;
  /** Takes the sum of what all have heard. */
  agree(sum: number): void;
}

export function agreedStop(own: Pick<StopRequest, "signal">, { count }: Pick<Ranks, "count">): AgreedStop {
  let agreed: StopSignal | null = null;
  return {
    get signal() {
      return count === 1 ? own.signal : agreed;
    },
    heard: () => (own.signal === null ? 0 : own.signal === "SIGINT" ? 1 : 1 << 16),
    agree(sum) {
      if (sum > 0) agreed = sum % (1 << 16) > 0 ? "SIGINT" : "SIGTERM";
    },
  };
}
