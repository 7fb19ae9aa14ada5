/** Trains what an experiment needs, one variant after another; what is on the disk already is not trained again. */
import { expect, test } from "vitest";
import { measureComparison } from "./compare";
import { comparisons } from "./comparisons";
import { measureCompletions } from "./completions";
import { measureDuplication } from "./duplication";
import { measureSideBySide } from "./side-by-side";

const [name = "", given] = (process.env["REFORMER_EXPERIMENT"] ?? "").split(/ (.*)/s);

test(`results of ${name}`, async () => {
  const comparison = comparisons[name];
  if (comparison) await measureComparison(name, comparison, given);
  else if (name === "transformers") await measureSideBySide(given);
  else if (name === "completions") await measureCompletions();
  else await measureDuplication();
  expect(name).not.toBe("");
});
