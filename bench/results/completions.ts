/** What the playground's painter makes of twelve pictures that it was never trained on: the upper half in, the whole out. */
import { contactSheet, decodeImage, encodePng, imageOf, type Image } from "@reformer-ts/data/images";
import {
  countParameters,
  createReformer,
  decodeSafetensors,
  evaluateBatch,
  parametersFromState,
  resolveConfig,
} from "@reformer-ts/model";
import { readFileSync, writeFileSync } from "node:fs";
import { paletteCode } from "../../apps/playground/src/chapters/image/pixel-code";
import { completeRecords, fragmentImage } from "../../apps/trainer/src/complete-images";
import { onceMeasured } from "./result-files";

const folder = new URL("../../apps/playground/assets/emoji/", import.meta.url);
const side = 32;
const length = side * side;
const given = length / 2;
const [samples, temperature, topP] = [3, 0.9, 0.98];
/** A pixel of a picture is so many of the figure's. */
const enlarged = 2;

export interface CompletionsResult {
  pictures: number;
  samples: number;
  temperature: number;
  topP: number;
  colours: number;
  parameters: number;
  /** Of a hidden pixel, when all before it are known. */
  bits: number;
}

export async function measureCompletions(): Promise<void> {
  await onceMeasured("completions", "completions", paint);
}

async function paint(): Promise<CompletionsResult> {
  const palette = JSON.parse(readFileSync(new URL("palette.json", folder), "utf8")) as string[];
  const code = paletteCode(palette);
  const pictures = readStrip().map((pixels) => Int32Array.from(code.encode(pixels)));
  const config = resolveConfig(JSON.parse(readFileSync(new URL("config.json", folder), "utf8")));
  const { tensors } = decodeSafetensors(readFileSync(new URL("model.safetensors", folder)), "the painter");
  const parameters = parametersFromState(config, tensors, "the painter");
  const model = createReformer(config, parameters);

  const { nats, count } = evaluateBatch(model, {
    inputs: Int32Array.from(pictures.flatMap((picture) => [0, ...picture.subarray(0, length - 1)])),
    targets: Int32Array.from(
      pictures.flatMap((picture) => Array.from(picture, (token, i) => (i < given ? -1 : token))),
    ),
    batch: pictures.length,
    length,
  });
  const bits = (await nats.data())[0]! / count / Math.LN2;
  nats.dispose();

  const fragments = pictures.flatMap((picture) =>
    Array<Int32Array>(samples).fill(picture.subarray(0, given)),
  );
  const options = { length, vocabSize: palette.length, temperature, topP, seed: 1 };
  const completed = await completeRecords(model, fragments, options);
  parameters.dispose();

  const size = { height: side, width: side, channels: 3 } as const;
  const drawn = (tokens: Int32Array): Image => imageOf(code.decode(Uint8Array.from(tokens)), size);
  const columns = pictures.map((picture, i) => [
    drawn(picture),
    fragmentImage(Int32Array.from(code.decode(Uint8Array.from(picture.subarray(0, given)))), size),
    ...completed.slice(i * samples, (i + 1) * samples).map(drawn),
  ]);
  const rows = columns[0]!.map((_, row) => columns.map((column) => larger(column[row]!)));
  writeFileSync(
    new URL("../../docs/figures/completions.png", import.meta.url),
    encodePng(contactSheet(rows)),
  );
  return {
    pictures: pictures.length,
    samples,
    temperature,
    topP,
    colours: palette.length,
    parameters: countParameters(config),
    bits,
  };
}

/** Pictures side by side in one file, each as red, green, blue, … */
function readStrip(): Uint8Array[] {
  const { width, data } = decodeImage(readFileSync(new URL("pictures.png", folder)), "pictures.png");
  return Array.from({ length: width / side }, (_, i) => {
    const rows = Array.from({ length: side }, (__, y) => {
      const start = 3 * (y * width + i * side);
      return data.subarray(start, start + 3 * side);
    });
    return Uint8Array.from(rows.flatMap((row) => [...row]));
  });
}

function larger({ height, width, channels, data }: Image): Image {
  const big = { height: height * enlarged, width: width * enlarged, channels };
  const from = (i: number) => {
    const [y, x] = [Math.floor(i / channels / big.width), Math.floor(i / channels) % big.width];
    return data[(Math.floor(y / enlarged) * width + Math.floor(x / enlarged)) * channels + (i % channels)]!;
  };
  return { ...big, data: Uint8Array.from({ length: big.height * big.width * channels }, (_, i) => from(i)) };
}
