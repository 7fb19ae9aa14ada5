import { expect, it } from "vitest";

import { parseIdx } from "./idx";

it("reads shapes in big endian and bytes as they are", () => {
  const bytes = Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 10, 20, 30, 40, 50, 60);
  expect(parseIdx(bytes, "images")).toEqual({
    shape: [1, 2, 3],
    data: Uint8Array.of(10, 20, 30, 40, 50, 60),
  });
});
