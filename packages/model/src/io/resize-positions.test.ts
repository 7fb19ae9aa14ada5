import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createReformer, readParameters } from "../index";
import { resolveConfig, type ReformerOptions } from "../config";
import { initializeParameters } from "../parameters";
import { positionEncoding } from "../positions";
import { type PositionChange, withPositions } from "./resize-positions";
import { parametersFromState } from "./state";
import type { StoredModel } from "./stored-model";

async function stored(options: ReformerOptions): Promise<StoredModel> {
  const config = resolveConfig({
    vocabSize: 5,
    dModel: 8,
    dFF: 4,
    numHeads: 1,
    dHead: 4,
    layers: ["local"],
    ...options,
  });
  const parameters = initializeParameters(config, 3);
  const state = await readParameters(parameters);
  parameters.dispose();
  return { config, state };
}

/** The vectors of the first positions, as the model itself makes them. */
async function vectors({ config, state }: StoredModel, count = config.maxLength): Promise<number[]> {
  const model = createReformer(config, parametersFromState(config, state, "test"));
  const encoded = positionEncoding(config, model.parameters)!.forward(count, 0);
  const values = Array.from(await encoded.data());
  encoded.dispose();
  model.parameters.dispose();
  return values;
}

const axial = { positions: "axial", maxLength: 24, axialShape: [4, 6], axialDims: [3, 5] } as const;
const mutable = { ...axial, axialShape: [4, 6], axialDims: [3, 5] };

describe("withPositions", () => {
  it.each<[string, ReformerOptions, PositionChange, number]>([
    ["shorter", mutable, { maxLength: 12 }, 12],
    ["longer", mutable, { maxLength: 48 }, 24],
    ["as a table of all positions", mutable, { positions: "learned" }, 24],
    ["a learned table, shorter", { positions: "learned", maxLength: 10 }, { maxLength: 7 }, 7],
    ["a learned table, longer", { positions: "learned", maxLength: 10 }, { maxLength: 25 }, 10],
    [
      "three axes, longer",
      { ...mutable, axialShape: [2, 3, 4], axialDims: [2, 2, 4] },
      { maxLength: 60 },
      24,
    ],
    ["added up, longer", { ...mutable, axialCombine: "sum", axialDims: [8, 8] }, { maxLength: 48 }, 24],
  ])("keeps every vector: %s", async (_, options, change, kept) => {
    const model = await stored(options);
    const resized = withPositions(model, change);
    expect(resized.config.maxLength).toBe(change.maxLength ?? model.config.maxLength);
    const [before, after] = [await vectors(model, kept), await vectors(resized, kept)];
    after.forEach((value, i) => expect(value).toBeCloseTo(before[i]!, 6));
    expect((await vectors(resized)).every((value) => value !== 0)).toBe(true);
  });

  it("repeats what was learned where it was never trained", async () => {
    const model = await stored({ positions: "learned", maxLength: 4 });
    const values = await vectors(withPositions(model, { maxLength: 8 }));
    expect(values.slice(32)).toEqual(values.slice(0, 32));
  });

  it("comes as near as a grid of another shape can", async () => {
    const sizes = fc.constantFrom<number[]>([2, 12], [3, 8], [6, 4], [8, 3], [2, 3, 4], [12, 2]);
    const model = await stored(mutable);
    const before = await vectors(model);
    await fc.assert(
      fc.asyncProperty(sizes, fc.nat(1000), async (axialShape, pick) => {
        const resized = withPositions(model, { axialShape });
        const best = distance(await vectors(resized), before);
        // In the bottom of a bowl, every step goes up.
        const name = `embedding.positions.${pick % axialShape.length}`;
        const data = Float32Array.from(resized.state[name]!.data as Float32Array);
        data[pick % data.length]! += 0.01;
        const moved = { ...resized, state: { ...resized.state, [name]: { ...resized.state[name]!, data } } };
        expect(distance(await vectors(moved), before)).toBeGreaterThan(best);
      }),
      { numRuns: 20 },
    );
  });

  it("has nothing to resize where positions are no table", async () => {
    const model = await stored({ positions: "sinusoidal" });
    expect(() => withPositions(model, { maxLength: 8 })).toThrow(
      "positions is sinusoidal, which have no table, but must be axial or learned to be resized.",
    );
  });
});

const distance = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0);
