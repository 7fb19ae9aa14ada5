/**
 * The pictures that the painter of `assets/emoji` learns from: `node tools/picture-corpus.mjs EMOJI OUT [KIND …]`, where EMOJI
 * is the folder of the npm package `emoji-datasource-google` (Noto Emoji, Apache-2.0). Without kinds, all below are drawn.
 *
 * A pixel is one token, a colour of a palette of 128: 1,024 tokens a picture instead of 3,072, and no pixel whose red and
 * green disagree. Colours are numbered from dark to light, so that a tool that takes the numbers for greys shows the picture.
 * Every training picture comes several times, moved, scaled and (flags apart) mirrored; held-out ones once, as they are.
 *
 * Writes `train.npy` and `held-out.npy` ([pictures, 32, 32] bytes), `held-out.txt` (their names), `palette.json`, and
 * `pictures.png`: those of the held-out pictures that the page shows, in their own colours.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { contactSheet, createImage, decodePng, encodePng, fit, toColor } from "@reformer-ts/data/images";
import { splitEmoji } from "@reformer-ts/data/node";

const side = 32;
const size = { width: side, height: side, channels: 3 };
const colours = 128;
/** How often a picture of a kind is drawn in another way: faces are what a reader looks at first. */
const copies = {
  "Smileys & Emotion": 60,
  "Animals & Nature": 30,
  "Food & Drink": 30,
  "Travel & Places / sky & weather": 30,
  Flags: 20,
};

const shown = "1f600 1f60a 1f614 1f61e 1f632 1f922 1f92c 1f974 1fae9 1f63c 1f497".split(" ");

const [from, out, ...asked] = process.argv.slice(2);
const drawn = asked.length > 0 ? asked : Object.keys(copies);
const random = mulberry(1);
const numbers = new Map();
const emoji = JSON.parse(readFileSync(join(from, "emoji.json"), "utf8"));
const kinds = new Map(
  emoji
    .map(({ image, category, subcategory }) => [
      image,
      copies[category] ? category : `${category} / ${subcategory}`,
    ])
    .filter(([, kind]) => copies[kind]),
);
// Split before choosing: the same emoji are held out as by `--corpus emoji`.
const { train, heldOut } = splitEmoji(
  emoji.flatMap(({ image, skin_variations: tones = {} }) => [
    image,
    ...Object.values(tones).map((tone) => tone.image),
  ]),
);
const chosen = (names) => names.filter((name) => kinds.has(name));
const read = (name) => toColor(decodePng(readFileSync(join(from, "img/google/64", name)), name));

const trained = chosen(train).map((name) => ({ name, image: read(name) }));
// One palette, whatever is drawn.
const palette = paletteOf(trained.map(({ image }) => small(image)));
const isDrawn = (name) => drawn.includes(kinds.get(name));
const taught = trained.filter(({ name }) => isDrawn(name));
const views = taught.flatMap(({ name, image }) => {
  const kind = kinds.get(name);
  const others = Array.from({ length: copies[kind] - 1 }, () => small(moved(image, kind !== "Flags")));
  return [small(image), ...others];
});
const held = chosen(heldOut).filter(isDrawn);
mkdirSync(out, { recursive: true });
writeFileSync(join(out, "palette.json"), `${JSON.stringify(palette.map(hex))}\n`);
writeFileSync(join(out, "held-out.txt"), `${held.join("\n")}\n`);
write("train.npy", views);
write(
  "held-out.npy",
  held.map((name) => small(read(name))),
);
const strip = shown.map((name) => ({ ...size, data: small(read(`${name}.png`)) }));
writeFileSync(join(out, "pictures.png"), encodePng(contactSheet([strip], { gap: 0 })));
console.log(`${taught.length} pictures in ${views.length} views, ${held.length} held out`);

function write(name, pictures) {
  const bytes = pictures.map((data) => quantized(data));
  const text = `{'descr': '|u1', 'fortran_order': False, 'shape': (${bytes.length}, ${side}, ${side}), }`;
  const head = Buffer.alloc(128, " ");
  head.write("\x93NUMPY\x01\x00", "latin1");
  head.writeUInt16LE(118, 8);
  head.write(text, 10);
  head[127] = 10;
  writeFileSync(join(out, name), Buffer.concat([head, ...bytes]));
}

function small(image) {
  return fit(image, size).data;
}

/** A hair larger or smaller, at most a pixel aside, and perhaps mirrored, on white: where eyes and mouths are remains to be learnt. */
function moved(image, mayMirror) {
  const extent = image.width - 2 + Math.floor(random() * 6);
  const room = extent - image.width;
  const [top, left] = [0, 0].map(() => Math.round(room / 2 + (random() - 0.5) * 2));
  const isMirrored = mayMirror && random() < 0.5;
  const view = createImage({ width: extent, height: extent, channels: 3 });
  view.data.fill(255);
  for (let y = 0; y < extent; y++) {
    for (let x = 0; x < extent; x++) {
      const [sourceY, seenX] = [y - top, x - left];
      const sourceX = isMirrored ? image.width - 1 - seenX : seenX;
      if (sourceY < 0 || sourceY >= image.height || sourceX < 0 || sourceX >= image.width) continue;
      for (let c = 0; c < 3; c++)
        view.data[(y * extent + x) * 3 + c] = image.data[(sourceY * image.width + sourceX) * 3 + c];
    }
  }
  return view;
}

/** By k-means over the pixels of all pictures; white, which is every background, is one of them. */
function paletteOf(pictures) {
  const counts = new Map();
  for (const data of pictures) {
    for (let i = 0; i < data.length; i += 3) {
      const key = ((data[i] >> 3) << 10) | ((data[i + 1] >> 3) << 5) | (data[i + 2] >> 3);
      const entry = counts.get(key) ?? [0, 0, 0, 0];
      counts.set(key, [entry[0] + 1, entry[1] + data[i], entry[2] + data[i + 1], entry[3] + data[i + 2]]);
    }
  }
  const points = [...counts.values()].map(([n, r, g, b]) => ({
    weight: Math.sqrt(n),
    rgb: [r / n, g / n, b / n],
  }));
  // The farthest point again and again, then means.
  const centres = [[255, 255, 255]];
  const nearest = points.map(({ rgb }) => distance(rgb, centres[0]));
  while (centres.length < colours) {
    const best = points.reduce(
      (most, { weight }, i) => (nearest[i] * weight > nearest[most] * points[most].weight ? i : most),
      0,
    );
    centres.push(points[best].rgb);
    points.forEach(({ rgb }, i) => (nearest[i] = Math.min(nearest[i], distance(rgb, points[best].rgb))));
  }
  for (let round = 0; round < 20; round++) {
    const sums = centres.map(() => [0, 0, 0, 0]);
    for (const { weight, rgb } of points) {
      const sum = sums[closest(centres, rgb)];
      rgb.forEach((value, c) => (sum[c + 1] += weight * value));
      sum[0] += weight;
    }
    sums.forEach(([n, ...rgb], i) => {
      if (i > 0 && n > 0) centres[i] = rgb.map((value) => value / n);
    });
  }
  const light = ([r, g, b]) => 0.299 * r + 0.587 * g + 0.114 * b;
  return centres.map((rgb) => rgb.map(Math.round)).toSorted((a, b) => light(a) - light(b));
}

function quantized(data) {
  return Uint8Array.from({ length: data.length / 3 }, (_, i) => numberOf(data, 3 * i));
}

/** The nearest colour of the palette, looked for once for each colour that there is. */
function numberOf(data, at) {
  const key = (data[at] << 16) | (data[at + 1] << 8) | data[at + 2];
  let known = numbers.get(key);
  if (known === undefined) {
    known = closest(palette, [data[at], data[at + 1], data[at + 2]]);
    numbers.set(key, known);
  }
  return known;
}

function closest(centres, rgb) {
  let best = 0;
  let least = Infinity;
  for (let i = 0; i < centres.length; i++) {
    const far = distance(centres[i], rgb);
    if (far < least) [best, least] = [i, far];
  }
  return best;
}

/** Eyes see green best. */
function distance(a, b) {
  const [red, green, blue] = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
  return 2 * red * red + 4 * green * green + 3 * blue * blue;
}

function hex(rgb) {
  return `#${rgb.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

function mulberry(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}
