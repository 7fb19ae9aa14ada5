import { describe, expect, it } from "vitest";
import { lossGuard } from "./loss-guard";

describe("lossGuard", () => {
  it("stops at once where there is no number", () => {
    expect(() => lossGuard(256).check(3, NaN, null)).toThrow(
      "the loss of step 3 is NaN, but must be a number: training stopped, and what was saved before is kept; resume with",
    );
    expect(() => lossGuard(256).check(3, 2, Infinity)).toThrow("the gradient of step 3 is Infinity");
  });

  it("stops a loss that stays beyond twice a blind guess, and forgives one that returns", () => {
    const guard = lossGuard(256);
    for (const loss of [20, 20, 20, 20, 5, 20, 20, 20, 20]) guard.check(1, loss, 1);
    expect(() => guard.check(10, 12, 1)).toThrow(
      "12.00, the 5th in a row above 11.09, but must be at most twice",
    );
  });
});
