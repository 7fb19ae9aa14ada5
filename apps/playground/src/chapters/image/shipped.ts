/** The painter and the pictures that come with the page. */
import config from "../../../assets/emoji/config.json";
import weights from "../../../assets/emoji/model.safetensors?url";
import palette from "../../../assets/emoji/palette.json";
import pictures from "../../../assets/emoji/pictures.png?url";

const absolute = (path: string) => new URL(path, document.baseURI).href;

export const shippedPainter = { config, weights: absolute(weights) };
/** The colours that the painter has, `#rrggbb`. */
export const shippedPalette: readonly string[] = palette;
export const picturesUrl = absolute(pictures);
export const pictureNames = [
  "a grin",
  "a smile",
  "a pensive face",
  "a disappointed face",
  "astonishment",
  "a queasy face",
  "a face that swears",
  "a woozy face",
  "a tired face",
  "a cat with a wry smile",
  "a growing heart",
];
