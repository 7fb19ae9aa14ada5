/** Pictures as the page has them: 32 x 32 pixels of red, green and blue, on white. */
import { fit } from "@reformer-ts/data/images";

export const side = 32;
export const allPixels = side * side;
const mostFileBytes = 20_000_000;
/** A larger picture is drawn this wide before its pixels are averaged. */
const mostDrawn = 1024;

/** Pixels before the rows that are hidden. */
export function givenPixels(hiddenRows: number): number {
  return (side - hiddenRows) * side;
}

/** @throws Error with a sentence for the visitor */
export async function readPicture(file: File): Promise<Uint8Array> {
  if (file.size > mostFileBytes)
    throw new Error(
      `${file.name} has ${Math.round(file.size / 1e6)} MB; this page takes pictures of up to 20 MB.`,
    );
  const bitmap = await createImageBitmap(file).catch(() => undefined);
  if (bitmap === undefined) throw new Error(`${file.name} is no picture that this browser can read.`);
  const scale = Math.min(1, mostDrawn / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((size) => Math.max(1, Math.round(size * scale)));
  const data = drawn(bitmap, 0, width!, height!);
  bitmap.close();
  return fit(
    { width: width!, height: height!, channels: 3, data },
    { width: side, height: side, channels: 3 },
  ).data;
}

/** A row of pictures in one file. */
export async function readStrip(url: string): Promise<Uint8Array[]> {
  const image = new Image();
  image.src = url;
  await image.decode();
  const count = image.naturalWidth / side;
  return Array.from({ length: count }, (_, i) => drawn(image, i * side, side, side));
}

function drawn(image: CanvasImageSource, left: number, width: number, height: number): Uint8Array {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.fillStyle = "#ffffff";
  context.fillRect(0, 0, width, height);
  if (image instanceof ImageBitmap) context.drawImage(image, 0, 0, width, height);
  else context.drawImage(image, -left, 0);
  const { data } = context.getImageData(0, 0, width, height);
  const bytes = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) bytes.set(data.subarray(4 * i, 4 * i + 3), 3 * i);
  return bytes;
}
