/** `reformer train` besides the learning: what it reports, what it refuses to begin, when it stops. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { reformer, temporaryFolder } from "./run-reformer";
import { endOf, refused, reportOf, trainedRun } from "./trained-run";

const { home, run } = trainedRun();

describe("train", () => {
  it("tells scripts where everything is, finished or not", async () => {
    const short = "--config debug --backend wasm --steps 1 --length 64 --held-out 0.0002 --sample-every 0";
    const own = join(temporaryFolder(), "run");
    const told = await reportOf("train", ...short.split(" "), "--run", own);
    expect(told).toMatchObject({
      run: own,
      finished: true,
      step: 1,
      bitsPerByte: expect.any(Number) as number,
    });
    expect(told["checkpoint"]).toBe(join(own, "step-00000001"));
  });
});

describe("a mistake in train", () => {
  it.each([
    ["train --stpes 3", "unknown option '--stpes' (Did you mean --steps?)"],
    ["train surplus", "too many arguments"],
    ["train --steps", "option '--steps <value>' argument missing"],
    ["train --steps=", "--steps is empty, but must be given a value."],
    ["train --steps abc", '--steps is "abc", but must be of type number.'],
    ["train --steps -5", "--steps is -5, but must be at least 1."],
    ["train --steps 1.5", "--steps is 1.5, but must be of type whole number."],
    ["train --steps NaN", '--steps is "NaN", but must be of type number.'],
    ["train --steps 1e999", '--steps is "1e999", but must be of type number.'],
    ["train --minutes 0", "--minutes is 0, but must be more than 0."],
    ["train --learning-rate fast", '--learning-rate is "fast", but must be of type number.'],
    ["train --causal maybe", '--causal is "maybe", but must be of type boolean.'],
    ["train --causal false", "--causal is false, but must be true"],
    ["train --layers lsh,loca", '--layers is "loca", but must be one of lsh, local, full.'],
    ["train --layers ,", '--layers is "", but must be one of lsh, local, full.'],
    ["train --num-buckets 7", "--num-buckets is 7, but must be an even number"],
    ["train --num-buckets 4,5", "--num-buckets is [4,5], but must be an even number"],
    ["train --axial-shape 3,5", "--axial-shape is [3, 5], 15 positions, but must be sizes whose product"],
    ["train --length 99999", "--length is 99999, but must be at most maxLength = 4096"],
    ["train --seed -1", "--seed is -1, but must be at least 0."],
    ["train --vocab-size 10", "--vocab-size is 10, but must be at least 256"],
    ["train --config debgu", "--config is debgu, but must be debug (did you mean that?)"],
    ["train --config gone.yaml", "--config is gone.yaml, but must be"],
    ["train --corpus gone.txt", "gone.txt is missing, but must be"],
    [
      "train --config debug --held-out 0.9999",
      "corpus is 116 tokens long without what is held out, but must be longer than a window",
    ],
    [
      "train --config debug --run {home}/file",
      "--run is {home}/file, a file, but must be a new or empty folder.",
    ],
    [
      "train --config debug --run {home}/full",
      "--run is {home}/full, which is not empty, but must be a new or empty folder.",
    ],
    ["train --config debug --run {home}/file/sub", "{home}/file/sub is inside of a file"],
    ["train --config debug --run {run}", "--run is {run}, where there is a run already"],
    [
      "train --resume {home}/gone",
      "--resume is {home}/gone, which is not there, but must be the folder of a run.",
    ],
    ["train --resume {home}", "--resume is {home}, but must be the folder of a run, with its run.json."],
    ["train --resume {run} --run {home}", "--resume is {run}, but must be the same folder as --run {home}"],
    [
      "train --config debug --backend tensroflow --run {home}/b",
      '--backend is "tensroflow", but must be one of',
    ],
  ])("%s", async (line, message) => {
    mkdirSync(join(home, "full", "sub"), { recursive: true });
    writeFileSync(join(home, "file"), "x");
    expect(await endOf(line, { run, home })).toEqual(refused(message));
  });
});

describe("a loss that explodes", () => {
  it("stops training, keeps what was saved and says what to try", async () => {
    const folder = join(temporaryFolder(), "run");
    const { code, err } = await reformer(
      ..."train --config debug --backend wasm --d-model 16 --axial-dims 4,12 --d-ff 16 --held-out 0.001 --warmup 0 --schedule constant".split(
        " ",
      ),
      ..."--learning-rate 1e36 --steps 20 --checkpoint-every 1 --evaluate-every 0 --sample-every 0 --run".split(
        " ",
      ),
      folder,
    );
    expect(code).toBe(2);
    expect(err).toMatch(/reformer: .*step \d+ is .*, but must be .*--learning-rate/);
  });
});
