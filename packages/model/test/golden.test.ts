/**
 * Every golden case: outputs, loss, gradients and ten steps' losses of transformers and Trax, answered here.
 * A new case is a new folder.
 */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { runCase, type GoldenCase } from "../src/verify/run-case";

const folder = fileURLToPath(new URL("golden", import.meta.url));
const names = readdirSync(folder).toSorted();

function load(name: string): GoldenCase {
  const read = (file: string) => new Uint8Array(readFileSync(`${folder}/${name}/${file}`));
  return {
    config: JSON.parse(new TextDecoder().decode(read("config.json"))),
    model: read("model.safetensors"),
    case: read("case.safetensors"),
  };
}

describe("golden cases", () => {
  it("are all there", () => expect(names.length).toBeGreaterThanOrEqual(40));

  it.each(names)("%s", async (name) => {
    const errors = await runCase(load(name), { steps: 10 });
    expect.soft(errors.outputs, "outputs, absolute").toBeLessThan(1e-5);
    expect.soft(errors.loss, "loss, absolute").toBeLessThan(1e-5);
    expect.soft(errors.gradients, `gradients, relative; worst ${errors.worstGradient}`).toBeLessThan(1e-4);
    expect.soft(errors.losses, "ten losses, absolute").toBeLessThan(1e-4);
  });
});
