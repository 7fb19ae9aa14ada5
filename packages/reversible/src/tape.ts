/**
 * tfjs has one tape and no way to open a second one: this file is the whole of the workaround.
 *
 * A reversible backward pass differentiates a layer *inside* the backward pass of something else. tfjs cannot:
 * `engine().gradients()` takes any call that is not under another forward pass for the outermost one, so it empties
 * `state.activeTape` when it starts and sets it to null when it ends. The outer pass, which walks that tape, then
 * crashes; and inside a `customGrad` forward nothing is recorded at all (`state.kernelDepth > 0`).
 *
 * The state is public though, and everything runs synchronously. So we put the three fields aside, let `gradients()`
 * believe that it is alone, and put them back.
 */
import { clone, engine, tidy, type Tensor } from "@tensorflow/tfjs-core";

type EngineState = ReturnType<typeof engine>["state"];
type Tape = EngineState["activeTape"];

/** Runs `run` as if nothing were being recorded around it; inside, `tf.grads` and the like work as anywhere else. */
export function onFreshTape<T>(run: () => T): T {
  const { state } = engine();
  const { activeTape, gradientDepth, kernelDepth } = state;
  state.activeTape = [];
  state.gradientDepth = 0;
  state.kernelDepth = 0;
  try {
    return run();
  } finally {
    Object.assign(state, { activeTape, gradientDepth, kernelDepth });
  }
}

/**
 * Runs `run` outside every `tf.tidy`, so that what it leaves alive survives until somebody disposes it: tfjs runs a
 * forward pass in a tidy of its own, and would otherwise dispose what is kept for the backward pass.
 */
export function outsideScopes<T>(run: () => T): T {
  const { state } = engine();
  const { activeScope, scopeStack } = state;
  Object.assign(state, { activeScope: null, scopeStack: [] });
  try {
    return run();
  } finally {
    Object.assign(state, { activeScope, scopeStack });
  }
}

/** A function that ran under a tape of its own, ready to be pulled back once. */
export interface Recording {
  /** What the function returned; the caller owns it. */
  readonly y: Tensor;
  /** All tensors that went into an operation. */
  readonly inputs: Set<Tensor>;
  /**
   * Gradients with respect to `xs`, owned by the caller, undefined where `y` does not depend on an `x`.
   * Releases what was recorded.
   */
  pull(dy: Tensor, xs: readonly Tensor[]): (Tensor | undefined)[];
  /** Releases what was recorded. */
  dispose(): void;
}

/** Runs `f` in a tidy and under a fresh tape that is kept instead of being walked at once. */
export function record(f: () => Tensor): Recording {
  const tape: Tape = [];
  const y = onFreshTape(() => {
    const { state } = engine();
    state.activeTape = tape;
    state.gradientDepth = 1;
    try {
      return tidy(f);
    } catch (error) {
      release(tape);
      throw error;
    }
  });
  return {
    y,
    inputs: new Set(tape.flatMap(({ inputs }) => Object.values(inputs))),
    pull: (dy, xs) => pull(tape, y, dy, xs),
    dispose: () => release(tape),
  };
}

/** Calls `callback` when the tape that now records lets go of its last entry, whether it was walked or not. */
export function whenReleased(callback: () => void): void {
  const { saved } = engine().state.activeTape.at(-1)!;
  saved!.push({ dispose: callback } as Tensor);
}

function pull(tape: Tape, y: Tensor, dy: Tensor, xs: readonly Tensor[]): (Tensor | undefined)[] {
  const rerun = () => {
    engine().state.activeTape = tape;
    return y;
  };
  try {
    return onFreshTape(() =>
      tidy(() => {
        // A copy, because tfjs disposes gradients while it adds them up and may pass `dy` itself through.
        const { grads } = engine().gradients(rerun, [...xs], clone(dy), true);
        return grads.map((gradient, i) =>
          gradient !== null && grads.indexOf(gradient) < i ? clone(gradient) : gradient,
        );
      }),
    );
  } finally {
    release(tape);
  }
}

function release(tape: Tape): void {
  for (const { saved } of tape.splice(0)) saved?.forEach((tensor) => tensor.dispose());
}
