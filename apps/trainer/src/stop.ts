/** Ctrl-C and a scheduler's SIGTERM ask a run to end; it finishes its step and saves. A second one ends it at once. */

export type StopSignal = "SIGINT" | "SIGTERM";

export interface StopRequest {
  /** The signal that came; null while none has. */
  readonly signal: StopSignal | null;
  dispose(): void;
}

/** The exit codes that shells give to processes ended by these signals. */
export const exitCodes: Record<StopSignal, number> = { SIGINT: 130, SIGTERM: 143 };

export function listenForStop(announce: (signal: StopSignal) => void): StopRequest {
  let requested: StopSignal | null = null;
  const receive = (signal: StopSignal) => {
    if (requested !== null) process.exit(exitCodes[signal]);
    requested = signal;
    announce(signal);
  };
  const signals = Object.keys(exitCodes) as StopSignal[];
  for (const signal of signals) process.on(signal, receive);
  return {
    get signal() {
      return requested;
    },
    dispose: () => signals.forEach((signal) => process.off(signal, receive)),
  };
}

/** Tensors are computed without a pause: this lets signals, timers and output have their turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
