/**
 * TensorBoard's own reader on what is written here. It is Python: `pnpm check:tensorboard` brings it, otherwise the test is
 * skipped where no Python has it.
 */
import { createImage, decodePng, encodePng } from "@reformer-ts/data/images";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openEventFile } from "../src/tensorboard/event-file";
import { reformer, temporaryFolder } from "./run-reformer";

const python = process.env["REFORMER_PYTHON"] ?? "python3";
const hasReader = spawnSync(python, ["-c", "import tensorboard"]).status === 0;
const reason = hasReader ? "" : ` (skipped: ${python} has no tensorboard; pnpm check:tensorboard brings it)`;

const script = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
reader = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "tensors": 0, "images": 0})
reader.Reload()
tags = reader.Tags()
print(json.dumps({
  "scalars": {tag: [[e.step, e.value] for e in reader.Scalars(tag)] for tag in tags["scalars"]},
  "texts": {tag: [[e.step, e.tensor_proto.string_val[0].decode()] for e in reader.Tensors(tag)] for tag in tags["tensors"]},
  "images": {tag: [[e.step, e.width, e.height, len(e.encoded_image_string)] for e in reader.Images(tag)] for tag in tags["images"]},
}))
`;

interface Read {
  scalars: Record<string, [step: number, value: number][]>;
  texts: Record<string, [step: number, text: string][]>;
  images: Record<string, [step: number, width: number, height: number, bytes: number][]>;
}

function read(run: string): Read {
  const { stdout, stderr } = spawnSync(python, ["-c", script, join(run, "tensorboard")], {
    encoding: "utf8",
  });
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as Read;
}

const step = (number: number) => ({
  step: number,
  tokens: number * 64,
  seconds: number / 2,
  "train/loss": 5 / number,
  "train/bitsPerByte": 7 / number,
  learningRate: 0.001,
  tokensPerSecond: 1234.5,
  memory: 3e9,
});

describe.skipIf(!hasReader)(`TensorBoard reads${reason}`, () => {
  it("scalars, texts and images, and forgets what a resumed run does again", () => {
    const run = temporaryFolder();
    let time = 1.7e12;
    const now = () => (time += 1000);
    const image = createImage({ width: 3, height: 2, channels: 3 });
    const png = encodePng(image);
    const first = openEventFile(run, { from: 0, unitsPerToken: 2, now });
    for (let i = 1; i <= 5; i++) first.metrics(step(i));
    first.image("sample", { width: 3, height: 2, channels: 3, png }, 4);
    first.text("sample", "\u0416 was\nhere", 4);
    const second = openEventFile(run, { from: 3, unitsPerToken: 2, now });
    for (let i = 4; i <= 6; i++) second.metrics({ ...step(i), "train/loss": 100 + i });
    second.metrics({ step: 6, tokens: 384, seconds: 3, "heldOut/bitsPerByte": 1.5, whole: false });

    const { scalars, texts, images } = read(run);
    expect(scalars["train/loss"]!.map(([number]) => number)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(scalars["train/loss"]!.slice(3)).toEqual([4, 5, 6].map((number) => [number, 100 + number]));
    expect(scalars["machine/memoryBytes"]![0]).toEqual([1, 3e9]);
    expect(scalars["val/bitsPerByte"]).toEqual([[6, 1.5]]);
    expect(scalars["val/loss"]![0]![1]).toBeCloseTo(1.5 * Math.LN2 * 2, 5);
    // TensorBoard withdraws scalars and images; of texts it keeps both, and they say the same.
    expect(images).toEqual({ sample: [] });
    expect(texts).toEqual({ "sample/text_summary": [[4, "\u0416 was\nhere"]] });

    second.image("sample", { width: 3, height: 2, channels: 3, png }, 6);
    second.text("sample", "\u0416 was\nhere", 6);
    expect(read(run).images).toEqual({ sample: [[6, 3, 2, png.length]] });
    expect(read(run).texts["sample/text_summary"]!.at(-1)).toEqual([6, "\u0416 was\nhere"]);
  });

  it("a run of the command", async () => {
    const run = join(temporaryFolder(), "run");
    const flags =
      "--config debug --backend wasm --steps 4 --length 256 --d-model 16 --axial-dims 4,12 --d-ff 16 --sample-every 2 --sample-tokens 8 --evaluate-tokens 256 --held-out 0.001";
    expect((await reformer("train", ...flags.split(" "), "--run", run)).code).toBe(0);
    const { scalars, texts } = read(run);
    if (process.env["REFORMER_PYTHON"]) console.log(JSON.stringify({ scalars, texts }, null, 1));
    expect(Object.keys(scalars)).toEqual(expect.arrayContaining(["train/loss", "val/loss", "final/loss"]));
    expect(scalars["train/loss"]!.map(([number]) => number)).toEqual([1, 2, 3, 4]);
    expect(texts["sample/text_summary"]!.map(([number]) => number)).toEqual([2, 4]);
  });

  it("the completed images of a run, the very PNG files that it keeps", async () => {
    const run = join(temporaryFolder(), "run");
    const pictures = join(import.meta.dirname, "../../../packages/data/test/samples/emoji");
    const flags =
      "--config images-small --backend wasm --image-size 8 --d-model 16 --axial-dims 4,4,8 --d-ff 16 --num-heads 2 --d-head 8 --layers local,lsh --minutes null --steps 4 --warmup 1 --sample-every 2 --held-out 0.3";
    const { code } = await reformer("train", ...flags.split(" "), "--corpus", pictures, "--run", run);
    expect(code).toBe(0);
    const { images } = read(run);
    if (process.env["REFORMER_PYTHON"]) console.log(JSON.stringify({ images }, null, 1));
    const kept = [2, 4].map((number) => {
      const file = readFileSync(join(run, `samples/step-0000000${number}.png`));
      const { width, height } = decodePng(file, "sample");
      return [number, width, height, file.length];
    });
    expect(images).toEqual({ sample: kept });
  });
});
