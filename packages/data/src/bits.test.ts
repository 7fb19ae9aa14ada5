import { expect, it } from "vitest";

import { bitsPerByte } from "./bits";

it("measures a uniform guess among 256 bytes as 8 bits", () => {
  expect(bitsPerByte(100 * Math.log(256), 100)).toBeCloseTo(8, 12);
});
