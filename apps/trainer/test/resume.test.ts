/** A run that was interrupted, in whatever way, is the run that was not. */
import { memory } from "@tensorflow/tfjs-core";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { isStep, readMetrics } from "../src/run/metrics";
import { bundleCommand, losses, reformer, start, temporaryFolder } from "./run-reformer";

/** Small enough for a step to take milliseconds; dropout and LSH make every kind of randomness matter. */
const tiny = [
  "--config debug --backend wasm --d-model 16 --axial-dims 4,12 --d-ff 16 --d-head 8 --layers local,lsh --hidden-dropout 0.1",
  "--length 64 --max-length 64 --axial-shape 8,8 --chunk-length 16 --batch 2 --warmup 2 --clip-norm 1",
  "--held-out 0.001 --evaluate-tokens 128 --sample-every 0",
].flatMap((flags) => flags.split(" "));

const weights = (run: string, step: number) =>
  readFileSync(join(run, `step-${String(step).padStart(8, "0")}`, "model.safetensors"));

describe("a run that is resumed", () => {
  it("has the losses and the weights of one that never stopped", async () => {
    const folder = temporaryFolder();
    const [whole, parts] = [join(folder, "whole"), join(folder, "parts")];
    expect((await reformer("train", ...tiny, "--steps", "6", "--run", whole)).err).toContain("step 6/6");
    expect(
      (await reformer("train", ...tiny, "--steps", "3", "--schedule", "constant", "--run", parts)).code,
    ).toBe(0);
    expect((await reformer("train", "--resume", parts, "--steps", "6", "--backend", "wasm")).code).toBe(0);

    const constant = join(folder, "constant");
    await reformer("train", ...tiny, "--steps", "6", "--schedule", "constant", "--run", constant);
    expect(losses(parts)).toHaveLength(6);
    expect(losses(parts)).toEqual(losses(constant));
    expect(weights(parts, 6)).toEqual(weights(constant, 6));
    expect(losses(whole)).not.toEqual(losses(constant));
  });

  it("keeps the model, the text and the seed that it began with", async () => {
    const run = join(temporaryFolder(), "run");
    await reformer("train", ...tiny, "--steps", "1", "--run", run);
    for (const [flag, value] of [
      ["--num-hashes", "2"],
      ["--seed", "7"],
      ["--held-out", "0.5"],
      ["--length", "32"],
    ] as const) {
      const { code, err } = await reformer("train", "--resume", run, flag, value);
      expect(code).toBe(2);
      expect(err).toMatch(/^reformer: \w+ is .*, but must be .*, with which this run began\.\n$/);
    }
  });

  it("keeps the plan of its memory, unless it is given another budget", async () => {
    const run = join(temporaryFolder(), "run");
    const planAt = (step: number) =>
      (JSON.parse(readFileSync(stateFile(step), "utf8")) as { plan: object }).plan;
    const stateFile = (step: number) => join(run, `step-${String(step).padStart(8, "0")}`, "trainer.json");
    await reformer("train", ...tiny, "--steps", "1", "--run", run);
    expect(planAt(1)).toEqual({ keepLayers: 2, headByHead: false });
    // As if less memory had been free when it began.
    const before = { keepLayers: 1, headByHead: false };
    const state = JSON.parse(readFileSync(stateFile(1), "utf8")) as object;
    writeFileSync(stateFile(1), JSON.stringify({ ...state, plan: before }));
    await reformer("train", "--resume", run, "--steps", "2", "--backend", "wasm");
    expect(planAt(2)).toEqual(before);
    await reformer("train", "--resume", run, "--steps", "3", "--memory", "min", "--backend", "wasm");
    expect(planAt(3)).toEqual({ keepLayers: 0, headByHead: true });
  });

  it("writes the held-out figure once, and says where everything is", async () => {
    const run = join(temporaryFolder(), "run");
    const { out } = await reformer("train", ...tiny, "--steps", "2", "--run", run);
    expect(out).toMatch(
      /^held-out bits per byte: \d\.\d\d\ncheckpoint: .*step-00000002\ncurve: .*curve\.svg\n$/,
    );
    expect(readFileSync(join(run, "curve.svg"), "utf8")).toContain("</svg>");
  });

  it("leaves no tensor behind, whatever it did on the way", async () => {
    const run = join(temporaryFolder(), "run");
    await reformer("train", ...tiny, "--steps", "1", "--run", join(temporaryFolder(), "first"));
    const before = memory().numTensors;
    await reformer(
      "train",
      ...tiny,
      "--steps",
      "3",
      "--evaluate-every",
      "1",
      "--sample-every",
      "1",
      "--run",
      run,
    );
    await reformer("train", "--resume", run, "--steps", "5", "--clip-norm", "null", "--backend", "wasm");
    await reformer("generate", run, "--tokens", "5", "--backend", "wasm");
    await reformer("evaluate", run, "--backend", "wasm");
    expect(memory().numTensors).toBe(before);
  });

  it("keeps the newest checkpoints and the best", async () => {
    const run = join(temporaryFolder(), "run");
    await reformer(
      "train",
      ...tiny,
      "--steps",
      "8",
      "--checkpoint-every",
      "1",
      "--evaluate-every",
      "1",
      "--keep",
      "2",
      "--run",
      run,
    );
    const figures = readMetrics(run).flatMap((line) =>
      isStep(line) || line.whole || line.step === 0 ? [] : [line],
    );
    const best = figures.toSorted((a, b) => a["heldOut/bitsPerByte"]! - b["heldOut/bitsPerByte"]!)[0]!.step;
    const steps = readdirSync(run).flatMap((name) =>
      name.startsWith("step-") ? [Number(name.slice(5))] : [],
    );
    expect(new Set(steps)).toEqual(new Set([best, 7, 8]));
  });
});

describe("a process that trains", () => {
  let bundle = "";
  beforeAll(async () => {
    bundle = await bundleCommand();
  });
  const long = [
    ...tiny,
    "--steps",
    "400",
    "--schedule",
    "constant",
    "--log-every",
    "1",
    "--evaluate-every",
    "0",
  ];

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("finishes its step and saves on %s", async (signal, code) => {
    const run = join(temporaryFolder(), "run");
    const running = start(bundle, ["train", ...long, "--checkpoint-every", "0", "--run", run]);
    await running.says("step 5/400");
    running.process.kill(signal);
    const ended = await running.ended;
    expect(ended.code).toBe(code);
    const steps = losses(run).length;
    expect(steps).toBeLessThan(400);
    expect(existsSync(join(run, `step-${String(steps).padStart(8, "0")}`, "trainer.json"))).toBe(true);
    expect(existsSync(join(run, "lock"))).toBe(false);
    expect(ended.out).toContain(`reformer train --resume ${run}`);
  });

  it("loses nothing that was saved when it is killed, and goes on as if it had not been", async () => {
    const run = join(temporaryFolder(), "run");
    for (const step of [4, 9, 12]) {
      const resume = existsSync(run)
        ? ["--resume", run, "--backend", "wasm"]
        : [...long, "--checkpoint-every", "2", "--run", run];
      const running = start(bundle, ["train", ...resume]);
      await running.says(`step ${step}/400`);
      running.process.kill("SIGKILL");
      expect((await running.ended).signal).toBe("SIGKILL");
    }
    const { code } = await reformer("train", "--resume", run, "--steps", "14", "--backend", "wasm");
    expect(code).toBe(0);
    const whole = join(temporaryFolder(), "whole");
    await reformer("train", ...long, "--steps", "14", "--run", whole);
    expect(losses(run)).toEqual(losses(whole));
    expect(weights(run, 14)).toEqual(weights(whole, 14));
  });

  it("refuses a folder in which another one trains", async () => {
    const run = join(temporaryFolder(), "run");
    const running = start(bundle, ["train", ...long, "--run", run]);
    await running.says("step 2/400");
    const { code, err } = await reformer("train", "--resume", run);
    running.process.kill("SIGKILL");
    await running.ended;
    expect(code).toBe(2);
    expect(err).toContain(`is in use by process ${running.process.pid}`);
  });
});
