/** One update of one parameter. A program writes one tensor, so there are three, each over all elements. */
import { checkSameShape, type GivenInputs, runElementwise } from "@reformer-ts/lsh/kernels/webgpu";
import type { KernelBackend, TensorInfo } from "@tensorflow/tfjs-core";
import type { AdamAttributes } from "../names";

export function adam(
  backend: KernelBackend,
  given: GivenInputs,
  { beta1, beta2, epsilon, size, keep }: AdamAttributes,
): TensorInfo[] {
  checkSameShape(given, ["value", "gradient", "first", "second"]);
  const { value, gradient, first, second } = given as Record<string, TensorInfo>;
  const { shape } = value!;
  const run = (
    key: string,
    inputs: Record<string, TensorInfo>,
    floats: Record<string, number>,
    code: string,
  ) =>
    runElementwise(backend, {
      key,
      inputs,
      output: { shape, dtype: "float32" },
      floats,
      count: shape.reduce((product, axis) => product * axis, 1),
      code: `fn element(i: i32) { ${code} }`,
    });
  const newFirst = run(
    "adamFirst",
    { gradient: gradient!, moment: first! },
    { beta: beta1, rest: 1 - beta1 },
    "result[i] = moment[i] * uniforms.beta + gradient[i] * uniforms.rest;",
  );
  const newSecond = run(
    "adamSecond",
    { gradient: gradient!, moment: second! },
    { beta: beta2, rest: 1 - beta2 },
    "result[i] = moment[i] * uniforms.beta + gradient[i] * gradient[i] * uniforms.rest;",
  );
  const newValue = run(
    "adamValue",
    { value: value!, moment: newFirst, square: newSecond },
    { epsilon, stepSize: size, keep },
    "result[i] = value[i] * uniforms.keep - moment[i] * uniforms.stepSize / (sqrt(square[i]) + uniforms.epsilon);",
  );
  return [newValue, newFirst, newSecond];
}
