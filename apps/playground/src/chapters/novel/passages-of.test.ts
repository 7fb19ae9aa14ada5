import { expect, it } from "vitest";
import { excerpt, passagesOf } from "./passages-of";
import { fields, longestWindow, tokensToWrite, windowOf } from "./settings";
import { initialState } from "../../state/fields";

it("joins neighbours, sets the nearby apart, and puts the heaviest first", () => {
  const attended = [
    { position: 10, weight: 0.1 },
    { position: 500, weight: 0.3 },
    { position: 15, weight: 0.1 },
    { position: 990, weight: 0.5 },
  ];
  const { near, far } = passagesOf(attended, 1000);
  expect(near).toBe(0.5);
  expect(far.map(({ from, to }) => [from, to])).toEqual([
    [500, 500],
    [10, 15],
  ]);
  expect(far[1]!.weight).toBeCloseTo(0.2);
});

it("never shows half a character", () => {
  const bytes = new TextEncoder().encode("a—b—c");
  expect(excerpt(bytes, 2, 7)).toBe("b");
  expect(excerpt(bytes, -5, 99)).toBe("a—b—c");
});

it("opens a window that fits the book and the model", () => {
  const settings = { ...initialState(fields), place: 500, window: 12, maxTokens: 400 };
  expect(windowOf(settings, 100_000, 1e6)).toEqual({ start: 50_000 - 4096, end: 50_000 });
  expect(windowOf({ ...settings, window: longestWindow }, 100_000, 1e6)).toEqual({ start: 0, end: 50_000 });
  expect(windowOf({ ...settings, window: longestWindow }, 100_000, 1024)).toEqual({
    start: 50_000 - 624,
    end: 50_000,
  });
});

it.each([1, 64, 65, 256, 400, 401, 799, 1024, 1e6])("reads and writes within %i positions", (reach) => {
  const settings = { ...initialState(fields), place: 500, window: longestWindow, maxTokens: 400 };
  for (const bookBytes of [30, 4e6]) {
    const { start, end } = windowOf(settings, bookBytes, reach);
    const given = end - start;
    const written = tokensToWrite(settings, given, reach);
    expect(given).toBe(Math.min(bookBytes / 2, Math.max(reach - 400, Math.ceil(reach / 2))));
    expect(written).toBe(Math.min(400, reach - given));
    expect(written).toBeGreaterThanOrEqual(Math.min(400, Math.floor(reach / 2)));
  }
});
