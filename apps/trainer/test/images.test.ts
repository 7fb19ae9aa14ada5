/** Images from the config to a picture: trained on, measured, completed. */
import { decodePng, imageOf, resize } from "@reformer-ts/data/images";
import { openImages } from "@reformer-ts/data/node";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Metrics, readMetrics } from "../src/run/metrics";
import { losses, reformer } from "./run-reformer";

const samples = join(import.meta.dirname, "../../../packages/data/test/samples");
const size = { height: 8, width: 8, channels: 3 } as const;
let home = "";
let run = "";
let said = "";

const tiny =
  "--config images-small --backend wasm --image-size 8 --d-model 16 --axial-dims 4,4,8 --d-ff 16 --num-heads 2 --d-head 8 --layers local,lsh --minutes null --warmup 1 --held-out 0.2";
const train = (...flags: string[]) =>
  reformer("train", ...tiny.split(" "), "--corpus", join(home, "pictures"), ...flags);

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "reformer-images-"));
  run = join(home, "run");
  mkdirSync(join(home, "pictures"));
  for (const folder of ["emoji", "formats"])
    for (const name of readdirSync(join(samples, folder)))
      copyFileSync(join(samples, folder, name), join(home, "pictures", `${folder}-${name}`));
  const trained = await train("--steps", "2", "--sample-every", "2", "--run", run);
  if (trained.code !== 0) throw new Error(trained.err);
  said = trained.err + trained.out;
}, 60_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe("training on images", () => {
  it("takes each as one sequence whose positions are its rows, columns and channels", () => {
    const { model, training } = JSON.parse(readFileSync(join(run, "run.json"), "utf8")) as {
      model: Record<string, unknown>;
      training: Record<string, unknown>;
    };
    expect(model).toMatchObject({ maxLength: 192, axialShape: [8, 8, 3], localChunkLength: 24 });
    expect(training).toMatchObject({ length: 192 });
  });

  it("measures bits per dim, near 8 before anything is learned", () => {
    expect(said).toMatch(/13 images of 8 x 8 x 3, 2 of them held out/);
    expect(said).toMatch(/\nheld-out bits per dim: \d\.\d\d\n/);
    const first = readMetrics(run)[0] as Metrics & Record<"heldOut/bitsPerDim", number>;
    expect(first["heldOut/bitsPerDim"]).toBeGreaterThan(7);
    expect(first["heldOut/bitsPerDim"]).toBeLessThan(9);
  });

  it("paints samples as it learns", () => {
    const png = decodePng(readFileSync(join(run, "samples/step-00000002.png")), "sample");
    expect(png.width).toBeGreaterThan(3 * 8);
  });

  it("evaluates, also on other images", async () => {
    const own = await reformer("evaluate", run, "--backend", "wasm", "--json");
    expect(JSON.parse(own.out)).toMatchObject({ tokens: 2 * 192 });
    const other = await reformer("evaluate", run, "--backend", "wasm", "--corpus", join(home, "pictures"));
    expect(other.out).toMatch(/^held-out bits per dim: /);
    const picture = join(home, "pictures/emoji-1f600.png");
    const scored = await reformer("score", picture, "--checkpoint", run, "--backend", "wasm");
    expect(scored.out).toMatch(/^\d\.\d{4} {2}.*1f600\.png\n$/);
  });
});

describe("training on images that was interrupted", () => {
  const weights = (path: string) => readFileSync(join(path, "step-00000014", "model.safetensors"));

  it("goes on at the very image, also into the next pass over them", async () => {
    const [whole, parts] = [join(home, "whole"), join(home, "parts")];
    const flags = "--hidden-dropout 0.1 --schedule constant --sample-every 0 --run".split(" ");
    await train("--steps", "14", ...flags, whole);
    // Eleven images are trained on: it stops in the first pass, and the next is in another order.
    await train("--steps", "9", ...flags, parts);
    const { code, err } = await reformer("train", "--resume", parts, "--steps", "14", "--backend", "wasm");
    expect([code, code === 0 ? "" : err]).toEqual([0, ""]);
    expect(losses(whole)).toHaveLength(14);
    expect(losses(parts)).toEqual(losses(whole));
    expect(weights(parts)).toEqual(weights(whole));
  });
});

describe("complete", () => {
  it("keeps what was given, and paints the same rest for the same seed", async () => {
    const picture = join(home, "pictures/emoji-1f600.png");
    const complete = async (...flags: string[]) => {
      const out = join(home, "out");
      const ended = await reformer(
        "complete",
        picture,
        "--checkpoint",
        run,
        "--backend",
        "wasm",
        "--out",
        out,
        ...flags,
      );
      expect([ended.code, ended.out]).toEqual([
        0,
        `${join(out, "1-emoji-1f600.png")}\n${join(out, "sheet.png")}\n`,
      ]);
      return decodePng(readFileSync(join(out, "1-emoji-1f600.png")), "completed");
    };
    const { source } = openImages(picture, size);
    const original = imageOf(source.read(0, 192), size);
    const [first, again, other] = [await complete(), await complete(), await complete("--seed", "2")];
    expect([first.height, first.width]).toEqual([8, 8]);
    expect(first.data.slice(0, 96)).toEqual(original.data.slice(0, 96));
    expect(first.data).not.toEqual(original.data);
    expect(again.data).toEqual(first.data);
    expect(other.data).not.toEqual(first.data);
    expect((await complete("--keep", "1")).data).toEqual(original.data);
    const sheet = decodePng(readFileSync(join(home, "out/sheet.png")), "sheet");
    const small = resize(sheet, { height: 12, width: 32 });
    expect(small.data.slice((2 * 32 + 2) * 3, (2 * 32 + 10) * 3)).toEqual(original.data.slice(0, 24));
  });

  it("takes images that were held out where none are named", async () => {
    const out = join(home, "held-out");
    const { out: text } = await reformer(
      "complete",
      "--checkpoint",
      run,
      "--backend",
      "wasm",
      "--count",
      "1",
      "--keep",
      "0",
      "--out",
      out,
      "--json",
    );
    expect(JSON.parse(text)).toMatchObject({ tokens: 192, images: [join(out, "held-out-1.png")] });
  });

  it.each([
    [["complete", "--count", "0"], "--count is 0, but must be a whole number from 1 to 256."],
    [["complete", "--keep", "2"], "--keep is 2, but must be a number from 0 to 1."],
    [["complete", "gone.png"], "gone.png is missing"],
    [["generate", "RUN"], "trained on images, but must be a model of text"],
    [["evaluate", "RUN", "--length", "100"], "length is 100, but must be 192, one image of 8 x 8 x 3."],
    [
      ["train", "--config", "images-small", "--corpus", "novel"],
      "corpus is novel, for --task text, but must be images",
    ],
    [["train", "--config", "images-small", "--length", "64"], "--length is 64, but must be 3072"],
    [["train", "--config", "images-small", "--image-channels", "2"], "--image-channels is 2, but must be"],
  ])("%j says what is wrong", async (args, message) => {
    const own = args.map((arg) => (arg === "RUN" ? run : arg));
    const more = own[0] === "complete" ? ["--checkpoint", run, "--backend", "wasm"] : [];
    const ended = await reformer(...own, ...more);
    expect([ended.code, ended.err]).toEqual([2, expect.stringContaining(message)]);
  });
});
