/** Run by the build: the first picture, filled in as the first settings say. */
import { decodePng } from "@reformer-ts/data/images";
import { samplingOf } from "../../parts/sampling";
import { openWasm } from "../../../prepare/open-wasm";
import { readAsset, readShipped } from "../../../prepare/shipped-files";
import { unheard } from "../../prepared/unheard";
import { initialState } from "../../state/fields";
import { freeResident } from "../../worker/resident";
import { openPainter, paint } from "../../worker/tasks/paint";
import { paletteCode } from "./pixel-code";
import { allPixels, givenPixels, side } from "./pixels";
import { fields } from "./settings";

export interface PreparedPicture {
  /** Red, green and blue of the original and of every sample. */
  pixels: Uint8Array;
  samples: Uint8Array[];
}

export async function prepare(): Promise<PreparedPicture> {
  await openWasm();
  const settings = initialState(fields);
  const strip = decodePng(readAsset("emoji/pictures.png"), "pictures.png");
  const rows = Array.from({ length: side }, (_, y) => 3 * (y * strip.width + settings.picture * side));
  const pixels = Uint8Array.from(rows.flatMap((at) => [...strip.data.subarray(at, at + 3 * side)]));
  const code = paletteCode(JSON.parse(new TextDecoder().decode(readAsset("emoji/palette.json"))));
  const given = code.encode(pixels.subarray(0, 3 * givenPixels(settings.hiddenRows)));
  const painted = Array.from({ length: settings.samples }, () => [...given]);
  await openPainter({ model: readShipped("emoji") }, unheard);
  await paint(
    {
      given,
      size: allPixels,
      tokensPerPixel: 1,
      samples: settings.samples,
      seed: settings.seed,
      ...samplingOf(settings),
    },
    { ...unheard, report: ({ tokens }) => tokens.forEach((token, i) => painted[i]!.push(...token)) },
  );
  freeResident();
  return { pixels, samples: painted.map((tokens) => code.decode(Uint8Array.from(tokens))) };
}
