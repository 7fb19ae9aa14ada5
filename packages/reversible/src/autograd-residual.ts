/**
 * A residual from any differentiable function, so that ordinary tfjs code goes into a reversible stack unchanged.
 *
 * The function runs under a tape of its own, which lives for one half of one layer. It is slower than a gradient
 * written by hand and holds all intermediate values of that half at once, but it asks nothing of its author.
 */
import { clone, tidy, Variable, zerosLike, type Tensor } from "@tensorflow/tfjs-core";
import { InputError } from "@reformer-ts/internal-checks";
import type { NamedParameters } from "./parameters";
import { replayRandom } from "./replay";
import type { GradientSink, Kept, Residual, Saved } from "./residual";
import { onFreshTape, record, type Recording } from "./tape";

/**
 * `f(x)`, of the shape of `x`. NamedParameters are closed over. It may run twice per step, so it has no side effects;
 * `seed` decides what it draws (drawing from `Math.random`, as `tf.dropout` without a seed does, is replayed as well).
 * `decided` is what {@link AutogradOptions.decide} returned for the first run.
 */
export type ResidualFunction = (x: Tensor, seed: number, decided: Saved) => Tensor;

export interface AutogradOptions {
  /**
   * Choices that must not change between the first run and the repetition, whose input differs by rounding: hash
   * buckets, the winners of a top-k. They are computed once from the first input and handed to both runs; no gradient
   * flows into them.
   */
  decide?: (x: Tensor, seed: number) => Tensor[];
}

/** A residual that also runs under whatever tape surrounds it, keeping all activations. */
export interface AutogradResidual extends Residual {
  readonly parameters: NamedParameters;
  /** `f(x)` as the plain function that it was made of. */
  apply(x: Tensor, seed: number): Tensor;
}

/**
 * Makes a residual of `f`, whose gradients tfjs finds.
 *
 * A parameter that `f` does not use gives no gradient to the sink.
 *
 * @throws InputError, when it runs, if `f` changes the shape or uses a trainable variable missing in `parameters`
 */
export function autogradResidual(
  f: ResidualFunction,
  parameters: NamedParameters = {},
  { decide = () => [] }: AutogradOptions = {},
): AutogradResidual {
  const names = Object.keys(parameters);
  const listed = new Set(Object.values(parameters));

  function run(x: Tensor, seed: number, decided: Saved): Tensor {
    const y = replayRandom(seed, () => f(x, seed, decided));
    if (y.shape.join() !== x.shape.join()) {
      throw new InputError({
        field: "the result of a residual function",
        given: `of shape [${y.shape.join(", ")}]`,
        allowed: `of the shape of its input, [${x.shape.join(", ")}]`,
      });
    }
    // The caller will dispose the result, which must not dispose an input with it.
    return y === x || listed.has(y) || decided.includes(y) ? clone(y) : y;
  }

  /** Off the tape, since no gradient flows into a decision. */
  function decideOnce(x: Tensor, seed: number): Tensor[] {
    const decisions = () => replayRandom(seed, () => decide(x, seed));
    return onFreshTape(() => tidy(() => decisions().map((tensor) => clone(tensor))));
  }

  function recorded(x: Tensor, seed: number, decided: Saved): Recording {
    const recording = record(() => run(x, seed, decided));
    for (const input of recording.inputs) {
      if (input instanceof Variable && input.trainable && !listed.has(input)) {
        recording.dispose();
        recording.y.dispose();
        throw new InputError({
          field: "parameters of autogradResidual",
          given: names.length > 0 ? names.join(", ") : "empty",
          allowed: `all trainable variables that the function uses, which include "${input.name}"`,
        });
      }
    }
    return recording;
  }

  function pull(recording: Recording, x: Tensor, dy: Tensor, sink: GradientSink): Tensor {
    const [dx, ...gradients] = recording.pull(dy, [x, ...names.map((name) => parameters[name]!)]);
    for (const [i, gradient] of gradients.entries()) {
      if (gradient) sink(names[i]!, gradient);
    }
    return dx ?? zerosLike(dy);
  }

  return {
    parameters,

    apply: (x, seed) => run(x, seed, decideOnce(x, seed)),

    forward(x, seed) {
      const saved = decideOnce(x, seed);
      return { y: onFreshTape(() => tidy(() => run(x, seed, saved))), saved };
    },

    forwardAndGrad(x, dy, saved, seed, sink) {
      const recording = recorded(x, seed, saved);
      return { y: recording.y, dx: pull(recording, x, dy, sink) };
    },

    keep(x, seed): Kept {
      const decided = decideOnce(x, seed);
      const recording = recorded(x, seed, decided);
      const dispose = () => {
        recording.dispose();
        for (const tensor of decided) tensor.dispose();
      };
      return {
        y: recording.y,
        vjp(dy, sink) {
          const dx = pull(recording, x, dy, sink);
          dispose();
          return dx;
        },
        dispose,
      };
    },
  };
}
