/** The oracle's own derivations, against central differences. */
import { numericGradient } from "@reformer-ts/internal-testkit";
import { Random } from "@reformer-ts/internal-random";
import { expect, test } from "vitest";
import { feedForward, tokenHead } from "./oracle";

const random = Random.fromSeed(5);
const draw = (count: number) => Float64Array.from(random.normals(count));
const weighted = (values: ArrayLike<number>, weights: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value, i) => sum + value * weights[i]!, 0);

test("feed-forward", () => {
  const layer = {
    x: draw(12),
    scale: draw(4),
    bias: draw(4),
    expand: draw(20),
    expandBias: draw(5),
    contract: draw(20),
    contractBias: draw(4),
  };
  const dy = draw(12);
  const loss = () => weighted(feedForward({ ...layer, epsilon: 1e-3 }).y, dy);
  const gradients = feedForward({ ...layer, epsilon: 1e-3 }).pull(dy);
  for (const [i, point] of Object.values(layer).entries()) {
    expect(gradients[i]).toBeAllClose(numericGradient(loss, point), { absolute: 1e-6 });
  }
});

test("token head", () => {
  const layer = { x1: draw(6), x2: draw(6), scale: draw(4), bias: draw(4), weight: draw(28) };
  const targets = [3, -1, 6];
  const run = () => tokenHead({ ...layer, targets, epsilon: 1e-3 }, 0.5);
  const { d1, d2, dScale, dBias, dWeight } = run();
  for (const [i, point] of Object.values(layer).entries()) {
    const numeric = numericGradient(() => 0.5 * run().nats, point);
    expect([d1, d2, dScale, dBias, dWeight][i]).toBeAllClose(numeric, { absolute: 1e-6 });
  }
});
