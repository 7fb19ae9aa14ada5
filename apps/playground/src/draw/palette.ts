/**
 * One colour per direction of the hash, and stripes for its opposite. The fills are Paul Tol's "light" scheme, made to
 * be told apart by colour-blind eyes under dark letters; the inks are the same hues, dark enough to draw on white.
 * Colour is never alone: buckets also carry their number.
 */

export type Theme = "light" | "dark";

export const bucketFills = [
  "#77aadd",
  "#ee8866",
  "#eedd88",
  "#44bb99",
  "#ffaabb",
  "#99ddff",
  "#bbcc33",
  "#aaaa00",
] as const;

const lightInks = [
  "#2f6fb0",
  "#c24d22",
  "#a58a12",
  "#15805f",
  "#c9476b",
  "#2790c4",
  "#74850a",
  "#5f5f00",
] as const;

export interface BucketLook {
  fill: string;
  ink: string;
  /** The bucket's direction is the negative of the one that has this colour without stripes. */
  isOpposite: boolean;
}

export function bucketLook(bucket: number, numBuckets: number, theme: Theme): BucketLook {
  const directions = numBuckets / 2;
  // Of more than sixteen buckets some look alike.
  const hue = (bucket % directions) % bucketFills.length;
  const inks = theme === "dark" ? bucketFills : lightInks;
  return { fill: bucketFills[hue]!, ink: inks[hue]!, isOpposite: bucket >= directions };
}

/** What canvases draw with; pages take the rest from the style sheet. */
export const canvasColours = {
  light: { paper: "#ffffff", tint: "#eceef2", missed: "#3c4250", line: "#11141a" },
  dark: { paper: "#14171d", tint: "#242933", missed: "#c3cad8", line: "#ffffff" },
} as const;
