/** Images side by side and below each other, for eyes: original, fragment, completion, one row each. */

import { InputError } from "@reformer-ts/internal-checks";

import { createImage, toColor, type Image } from "./image";

/**
 * Images in rows, on one.
 *
 * @param rows images of one size; rows may differ in length
 * @throws InputError when there is no image, or they differ in size
 */
export function contactSheet(rows: readonly (readonly Image[])[], { gap = 4 }: { gap?: number } = {}): Image {
  const [first] = rows.flat();
  if (
    first === undefined ||
    rows.flat().some(({ width, height }) => width !== first.width || height !== first.height)
  ) {
    throw new InputError({
      field: "images",
      given: first === undefined ? "none" : "of several sizes",
      allowed: "one or more of the same size",
    });
  }
  const columns = Math.max(...rows.map((row) => row.length));
  const sheet = createImage({
    height: rows.length * (first.height + gap) + gap,
    width: columns * (first.width + gap) + gap,
    channels: 3,
  });
  sheet.data.fill(255);
  rows.forEach((row, r) =>
    row.forEach((image, c) =>
      paste(sheet, toColor(image), gap + r * (first.height + gap), gap + c * (first.width + gap)),
    ),
  );
  return sheet;
}

function paste(sheet: Image, image: Image, top: number, left: number): void {
  const line = image.width * 3;
  for (let y = 0; y < image.height; y++) {
    sheet.data.set(image.data.subarray(y * line, (y + 1) * line), ((top + y) * sheet.width + left) * 3);
  }
}
