/** Which pixels a model paints, from what its folder says. */
import type { ModelFacts, ModelSource } from "../../worker/models/writer";
import { colourBytes, greys, paletteCode, type PixelCode } from "./pixel-code";
import { allPixels, side } from "./pixels";
import { shippedPalette } from "./shipped";

/**
 * A dropped model of one token a pixel paints with the `palette.json` beside it, or in greys.
 * @throws Error with a sentence when it paints no pictures of this size
 */
export function codeOf(model: ModelSource, { maxLength }: ModelFacts): PixelCode {
  if (maxLength === 3 * allPixels) return colourBytes;
  if (maxLength !== allPixels) {
    throw new Error(
      `The model has ${maxLength} positions: pictures of ${side} x ${side} pixels take ${allPixels}, or ${3 * allPixels} in bytes of red, green and blue.`,
    );
  }
  if (!("files" in model)) return paletteCode(shippedPalette);
  const palette = model.files["palette.json"];
  return palette === undefined ? greys : paletteCode(readPalette(palette));
}

function readPalette(bytes: Uint8Array): string[] {
  const palette = parsed(bytes);
  const isPalette =
    Array.isArray(palette) &&
    palette.length > 0 &&
    palette.length <= 256 &&
    palette.every((colour) => typeof colour === "string" && /^#[\da-f]{6}$/i.test(colour));
  if (!isPalette)
    throw new Error("palette.json is no palette: a list of up to 256 colours such as #ff8800 is one.");
  return palette;
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
