import { countParameters, leastMemory, resolveConfig } from "@reformer-ts/model";
import { expect, it } from "vitest";
import { describePlan, planStep, requireWindowFits } from "./memory-budget";

const machine = { free: 20e9, resident: 0.5e9, processes: 1 };
const config = resolveConfig({ maxLength: 65_536 });
const plan = (memory: string, length = 4096, at = machine) =>
  planStep(config, { batch: 1, accumulate: 1, length, memory }, at);

it("keeps what the budget has room for, recomputes all with min", () => {
  expect(plan("auto")).toEqual({ keepLayers: 6, headByHead: false });
  expect(plan("8GB")).toEqual(plan("auto"));
  expect(plan("700MB").keepLayers).toBeLessThan(6);
  expect(plan("min")).toEqual({ keepLayers: 0, headByHead: true });
});

it("takes at most 8 GB and 60% of what is free by itself", () => {
  const long = plan("auto", 65_536);
  expect(long).toEqual(plan("8GB", 65_536));
  expect(plan("auto", 4096, { free: 1.2e9, resident: 0.5e9, processes: 1 }).keepLayers).toBeLessThan(6);
});

it.each([
  ["600MB", 65_536, /needs an estimated \d\.\d GB .*about \d+ tokens/],
  ["auto", 131_072, /131072 tokens, a step of which needs an estimated .*maxLength = 65536/],
])("refuses in one sentence: --memory %s, %i tokens", (memory, length, words) => {
  expect(() => plan(memory, length)).toThrow(words);
});

it("says what it chose", () => {
  expect(
    describePlan(config, { batch: 1, accumulate: 1, length: 4096 }, { keepLayers: 2, headByHead: false }),
  ).toMatch(/^an estimated 0\.\d\d GB of tensors, activations of 2 of 6 layers kept, the rest recomputed$/);
});

it("reckons with the gradients that wait for the batches to come", () => {
  const bytes = (accumulate: number) => {
    const text = describePlan(config, { batch: 1, accumulate, length: 4096 }, leastMemory);
    return Number(/estimated ([\d.]+) GB/.exec(text)![1]) * 1e9;
  };
  expect(bytes(4) - bytes(1)).toBeCloseTo(4 * countParameters(config), -7.5);
  expect(bytes(2)).toBe(bytes(4));
});

it("shares the machine among the processes of a job", () => {
  const shared = (memory: string, processes: number) =>
    planStep(config, { batch: 1, length: 4096, memory }, { free: 20e9, resident: 0.5e9, processes });
  expect(shared("1.4GB", 2)).toEqual(shared("700MB", 1));
  expect(shared("auto", 4)).toEqual(shared("2GB", 1));
  expect(() => shared("auto", 16)).toThrow("a smaller model");
});

it("refuses windows that a pass forward has no room for, or no positions", () => {
  const long = resolveConfig({ maxLength: 1 << 22 });
  expect(() => requireWindowFits(long, 65_536, { free: 4e9 })).not.toThrow();
  expect(() => requireWindowFits(long, 1 << 22, { free: 4e9 })).toThrow(
    /4194304 tokens, a pass over which needs an estimated \d+\.\d GB .* must be what fits into the 3\.8 GB .*about \d+ tokens/,
  );
  expect(() => requireWindowFits(config, 65_537, { free: 4e9 })).toThrow(
    /65537 tokens, a pass over which needs an estimated .*maxLength = 65536/,
  );
});
