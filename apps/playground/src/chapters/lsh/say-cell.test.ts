import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect, it } from "vitest";
import { initialState } from "../../state/fields";
import { attend } from "../../worker/tasks/attend";
import { type Picture, sequenceNames } from "./picture";
import { attendRequest } from "./request";
import { sayFigureCell, sayPair } from "./say-cell";
import { fields, settle } from "./settings";
import { slotsOf } from "./windows";

const settings = settle(initialState(fields));
let picture: Picture;
beforeAll(async () => {
  await tf.setBackend("cpu");
  const request = attendRequest(settings);
  picture = { request, result: await attend(request), names: sequenceNames(settings) };
});

const counted = /= (\d+) in smaller buckets \+ (\d+) before it in bucket \d+ \+ 1 = (\d+)\.$/;

it("counts to the slot that the sort gave, in every round", () => {
  for (const round of [0, 1]) {
    const slots = slotsOf(picture, round);
    for (let position = 0; position < picture.names.length; position++) {
      const said = counted.exec(sayFigureCell(picture, round, { row: "sort", position }));
      const [smaller, earlier, slot] = said!.slice(1).map(Number) as [number, number, number];
      expect([smaller + earlier, slot]).toEqual([slots[position], slots[position]! + 1]);
    }
  }
});

it("states every row's formula with the numbers of the cell", () => {
  const say = (row: "sequence" | "hash" | "chunk" | "attend") =>
    sayFigureCell(picture, 0, { row, position: 32 });
  expect(say("sequence")).toContain("‘w’ at 33: 16 numbers, |x| = 6.");
  expect(say("hash")).toContain(`argmax [xR ; −xR] = ${picture.result.buckets[32]}`);
  const slot = slotsOf(picture, 0)[32]!;
  expect(say("chunk")).toContain(`⌈${slot + 1} / 8⌉ = ${Math.floor(slot / 8) + 1}`);
  expect(say("attend")).toMatch(/Σ weights = [\d.]+/);
});

it("says of a pair what weighs, what is missed and what is masked", () => {
  expect(sayPair(picture, 32, 11)).toMatch(/^‘w’ at 33 → ‘w’ at 12: q·k = .*full attention e\^\(.*%/);
  expect(sayPair(picture, 5, 5)).toContain("a token’s own key");
  const causal = { ...picture, request: { ...picture.request, causal: true } };
  expect(sayPair(causal, 5, 9)).toContain("a later key");
});
