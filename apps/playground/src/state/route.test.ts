import { expect, it } from "vitest";
import { readRoute, writeRoute } from "./route";

it("reads back what it wrote", () => {
  for (const route of [
    { chapter: "lsh", query: "" },
    { chapter: "lsh", query: "text=a%3Fb&seed=2" },
  ]) {
    expect(readRoute(writeRoute(route))).toEqual(route);
  }
});

it("takes an empty address, and one with question marks of its own", () => {
  expect(readRoute("")).toEqual({ chapter: "", query: "" });
  expect(readRoute("#/lsh?text=what?")).toEqual({ chapter: "lsh", query: "text=what?" });
});
