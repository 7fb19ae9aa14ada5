/** A picture of 32 x 32 pixels; of one that is not finished, what is there. */
import { useEffect, useRef } from "preact/hooks";
import { allPixels, side } from "./pixels";

export interface PictureProps {
  pixels: Uint8Array;
  /** Pixels from the start that are there; the rest is a pattern. */
  known?: number;
  label: string;
  fact?: string;
}

export function Picture({ pixels, known = allPixels, label, fact }: PictureProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const image = context.createImageData(side, side);
    for (let i = 0; i < allPixels; i++) {
      const isKnown = i < known;
      const blank = (i + Math.floor(i / side)) % 2 === 0 ? 150 : 176;
      for (let c = 0; c < 3; c++) image.data[4 * i + c] = isKnown ? pixels[3 * i + c]! : blank;
      image.data[4 * i + 3] = 255;
    }
    context.putImageData(image, 0, 0);
  });
  return (
    <canvas
      ref={canvas}
      width={side}
      height={side}
      class="picture"
      role="img"
      aria-label={label}
      data-picture={fact}
      data-known={known}
    />
  );
}
