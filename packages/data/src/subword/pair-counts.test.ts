import * as fc from "fast-check";
import { expect, it } from "vitest";

import { PairCounts } from "./pair-counts";

/** The same, counted anew over all words. */
function recount(words: readonly { tokens: number[]; count: number }[]) {
  const counts = new Map<string, number>();
  for (const { tokens, count } of words) {
    tokens.slice(1).forEach((right, i) => {
      const key = `${tokens[i]},${right}`;
      counts.set(key, (counts.get(key) ?? 0) + count);
    });
  }
  const most = Math.max(0, ...counts.values());
  const best = [...counts].filter(([, count]) => count === most).map(([key]) => key.split(",").map(Number));
  const [pair] = best.toSorted((a, b) => a[0]! - b[0]! || a[1]! - b[1]!);
  return most < 2 ? undefined : { left: pair![0], right: pair![1] };
}

it("keeps, merge after merge, the counts that counting anew would give", () => {
  const word = fc.record({
    tokens: fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 12 }),
    count: fc.integer({ min: 1, max: 5 }),
  });
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), (words) => {
      const counts = new PairCounts(words);
      for (let token = 4; token < 20; token++) {
        const pair = counts.mostFrequent();
        expect(pair).toEqual(recount(words));
        if (pair === undefined) return;
        counts.merge(pair, token);
      }
    }),
  );
});
