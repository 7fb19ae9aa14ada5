/** A matrix of weights as a canvas: ink for weight, colour for what was found, a tint for where was looked. */
import { canvasColours, type Theme } from "./palette";

export interface MatrixCells {
  size: number;
  /** `[size, size]`, 0 to 1. */
  ink: Float32Array;
  /** `[size, size]`: an index into the inks; -1 for weight that was missed. */
  colour: Int16Array;
  /** `[size, size]`: 1 where was looked. */
  looked: Uint8Array;
}

export interface MatrixLook {
  theme: Theme;
  inks: readonly string[];
  /** Device pixels on a side. */
  pixels: number;
  row?: number;
  column?: number;
}

export function paintMatrix(context: CanvasRenderingContext2D, cells: MatrixCells, look: MatrixLook): void {
  const { size, ink, colour, looked } = cells;
  const { theme, inks, pixels, row, column } = look;
  const colours = canvasColours[theme];
  const side = pixels / size;
  // Cells end where the next begins, so that rounding leaves no seams.
  const edge = (index: number) => Math.round(index * side);
  context.globalAlpha = 1;
  context.fillStyle = colours.paper;
  context.fillRect(0, 0, pixels, pixels);
  const fill = (i: number, j: number) =>
    context.fillRect(edge(j), edge(i), edge(j + 1) - edge(j), edge(i + 1) - edge(i));
  context.fillStyle = colours.tint;
  for (let cell = 0; cell < looked.length; cell++) {
    if (looked[cell] === 1) fill(Math.floor(cell / size), cell % size);
  }
  for (let cell = 0; cell < ink.length; cell++) {
    if (ink[cell]! < 0.01) continue;
    context.globalAlpha = Math.min(1, ink[cell]!);
    context.fillStyle = inks[colour[cell]!] ?? colours.missed;
    fill(Math.floor(cell / size), cell % size);
  }
  context.globalAlpha = 1;
  context.strokeStyle = colours.line;
  context.lineWidth = Math.max(1, pixels / 500);
  if (row !== undefined) context.strokeRect(0.5, edge(row) + 0.5, pixels - 1, edge(row + 1) - edge(row) - 1);
  if (column !== undefined) {
    context.strokeRect(edge(column) + 0.5, 0.5, edge(column + 1) - edge(column) - 1, pixels - 1);
  }
}
