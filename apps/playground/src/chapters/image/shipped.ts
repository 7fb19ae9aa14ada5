/** The painter and the pictures that come with the page. */
import config from "../../../assets/emoji/config.json";
import weights from "../../../assets/emoji/model.safetensors?url";
import pictures from "../../../assets/emoji/pictures.png?url";

const absolute = (path: string) => new URL(path, document.baseURI).href;

export const shippedPainter = { config, weights: absolute(weights) };
export const picturesUrl = absolute(pictures);
export const pictureNames = [
  "a grin",
  "a smile",
  "astonishment",
  "a tomato",
  "a green apple",
  "a sunflower",
  "a fish",
  "a parrot",
  "a house",
  "a rocket",
  "a growing heart",
  "a bright sun",
];
