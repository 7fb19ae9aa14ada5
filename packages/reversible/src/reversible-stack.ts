/**
 * A reversible stack as one differentiable operation of tfjs.
 *
 * The explicit pair `forward` / `backward` is for trainers that apply gradients as they arrive. This is for everybody
 * else: whatever its depth, the stack leaves a single entry on the tape, with the streams and all parameters as its
 * inputs, so it composes with `tf.grads`, `tf.variableGrads` and `optimizer.minimize`.
 */
import {
  add,
  clone,
  concat,
  customGrad,
  engine,
  split,
  zeros,
  type GradSaveFunc,
  type Tensor,
} from "@tensorflow/tfjs-core";
import { InputError } from "@reformer-ts/internal-checks";
import type { NamedParameters } from "./parameters";
import type { GradientSink, ReversibleBlock } from "./residual";
import { disposeTrace } from "./halves";
import { backward, forward, infer, type ForwardOptions } from "./sequence";
import { onFreshTape, outsideScopes, whenReleased } from "./tape";

/** Takes and gives the two streams; nobody's arguments are disposed. */
export type StackFunction = (x1: Tensor, x2: Tensor, options?: ForwardOptions) => [Tensor, Tensor];

/**
 * Makes a differentiable function of `blocks`.
 *
 * While tfjs records, it keeps the output streams and each layer's saved state until the backward pass, or until the
 * recording ends without one. Otherwise it keeps nothing.
 *
 * @param parameters every tensor or variable that the blocks give gradients for, under the names that they use; a name
 *   that several blocks use gets the sum
 * @throws InputError if the streams differ in shape, if a block gives a gradient that is not in `parameters`, or if a
 *   second derivative is asked for
 */
export function reversibleStack(
  blocks: readonly ReversibleBlock[],
  parameters: NamedParameters,
): StackFunction {
  const names = Object.keys(parameters);

  return (x1, x2, options = {}) => {
    checkStreams(x1, x2);
    if (!engine().isTapeOn()) {
      const { x1: y1, x2: y2 } = infer(blocks, { x1: clone(x1), x2: clone(x2) }, options.seed);
      return [y1, y2];
    }

    const ran = outsideScopes(() =>
      onFreshTape(() => forward(blocks, { x1: clone(x1), x2: clone(x2) }, options)),
    );
    // A custom gradient of tfjs has one output, so the streams leave as one tensor. It is also all that is kept of them.
    const operation = customGrad((...inputs) => {
      const save = inputs.at(-1) as GradSaveFunc;
      const value = concat([ran.x1, ran.x2], 0);
      ran.x1.dispose();
      ran.x2.dispose();
      save([value]);
      return { value, gradFunc: (dy, [y]) => pull(y!, dy) };
    });
    const joined = operation(x1, x2, ...Object.values(parameters));
    whenReleased(() => disposeTrace(ran.trace));
    return halves(joined);

    function pull(y: Tensor, dy: Tensor): Tensor[] {
      if (engine().isTapeOn()) throw secondDerivative();
      const gradients = new Map<string, Tensor>();
      const [y1, y2] = halves(y);
      y.dispose();
      const [d1, d2] = halves(dy);
      const pulled = onFreshTape(() =>
        backward(blocks, { x1: y1, x2: y2 }, { d1, d2 }, ran.trace, summing(gradients, names)),
      );
      const ofParameters = names.map((name) => gradients.get(name) ?? zeros(parameters[name]!.shape));
      return [pulled.d1, pulled.d2, ...ofParameters];
    }
  };
}

function halves(joined: Tensor): [Tensor, Tensor] {
  return split(joined, 2, 0) as [Tensor, Tensor];
}

/** A sink that adds gradients of one name up in `gradients`. */
function summing(gradients: Map<string, Tensor>, names: readonly string[]): GradientSink {
  return (name, gradient) => {
    if (!names.includes(name)) {
      throw new InputError({
        field: "parameters of reversibleStack",
        given: names.length > 0 ? names.join(", ") : "empty",
        allowed: `all parameters that the blocks give gradients for, which include "${name}"`,
      });
    }
    const before = gradients.get(name);
    if (before === undefined) {
      gradients.set(name, gradient);
      return;
    }
    gradients.set(name, add(before, gradient));
    before.dispose();
    gradient.dispose();
  };
}

function checkStreams(x1: Tensor, x2: Tensor): void {
  if (x1.rank === 0 || x1.shape.join() !== x2.shape.join()) {
    throw new InputError({
      field: "x2",
      given: `of shape [${x2.shape.join(", ")}]`,
      allowed: `of the shape of x1, [${x1.shape.join(", ")}], with at least one axis`,
    });
  }
}

function secondDerivative(): InputError {
  return new InputError({
    field: "reversibleStack",
    given: "differentiated twice",
    allowed:
      "differentiated once, since its backward pass is not recorded (irreversibleStack has higher derivatives)",
  });
}
