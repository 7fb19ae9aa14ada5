import { expect, it } from "vitest";
import { layerState, sayWalk } from "./walk";

const states = (step: number) => [0, 1, 2].map((layer) => layerState(layer, { step, layers: 3 }));

it("runs up, forgetting, and down, rebuilding", () => {
  expect(states(0)).toEqual(["ahead", "ahead", "ahead"]);
  expect(states(1)).toEqual(["here", "ahead", "ahead"]);
  expect(states(3)).toEqual(["forgotten", "forgotten", "here"]);
  expect(states(4)).toEqual(["forgotten", "forgotten", "rebuilt"]);
  expect(states(6)).toEqual(["rebuilt", "rebuilt", "rebuilt"]);
});

it("says where it stands", () => {
  expect(sayWalk({ step: 2, layers: 3 })).toContain("layer 2 of 3");
  expect(sayWalk({ step: 4, layers: 3 })).toContain("layer 3 has been rebuilt");
  expect(sayWalk({ step: 6, layers: 3 })).toContain("every layer");
});
