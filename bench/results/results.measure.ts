/** Trains what an experiment needs, one variant after another; what is on the disk already is not trained again. */
import { expect, test } from "vitest";
import { measureDuplication } from "./duplication";
import { measureText, textExperiments } from "./text";

const [name = "", setting = ""] = (process.env["REFORMER_EXPERIMENT"] ?? "").split(" ");

test(`results of ${name}`, async () => {
  const experiment = textExperiments[name];
  await (experiment ? measureText(name, experiment) : measureDuplication(setting));
  expect(name).not.toBe("");
});
