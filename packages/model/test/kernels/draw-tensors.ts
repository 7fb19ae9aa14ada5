/** Normal numbers by name and shape: the same for the kernel and, as they are, for the oracle. */
import { Random } from "@reformer-ts/internal-random";
import { tensor, type Tensor } from "@tensorflow/tfjs-core";

/** Shape, standard deviation (default 1). */
export type Drawn = readonly [shape: readonly number[], deviation?: number];

export function drawValues<Name extends string>(
  shapes: Record<Name, Drawn>,
  seed: number,
): Record<Name, Float32Array> {
  const random = Random.fromSeed(seed);
  const drawn = Object.entries<Drawn>(shapes).map(([name, [shape, deviation = 1]]) => [
    name,
    random.normals(shape.reduce((a, b) => a * b, 1)).map((value) => value * deviation),
  ]);
  return Object.fromEntries(drawn) as Record<Name, Float32Array>;
}

export function toTensors<Name extends string>(
  shapes: Record<Name, Drawn>,
  values: Record<Name, Float32Array>,
): Record<Name, Tensor> {
  const names = Object.keys(shapes) as Name[];
  return Object.fromEntries(
    names.map((name) => [name, tensor(values[name], [...shapes[name][0]])]),
  ) as Record<Name, Tensor>;
}
