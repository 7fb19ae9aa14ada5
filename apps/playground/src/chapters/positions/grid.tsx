/** The sequence folded into a grid: a position shares its row's numbers with a row, its column's with a column. */
import { useEffect, useRef } from "preact/hooks";
import { canvasColours, type Theme } from "../../draw/palette";
import { useWidth } from "../../parts/use-width";
import { type AxialShape, likeness, placeOf } from "./arithmetic";

export interface GridProps {
  shape: AxialShape;
  position: number;
  theme: Theme;
  onPick: (position: number) => void;
}

/** Wider grids are drawn with several positions to a cell. */
const maxCells = 64;
const inks = { light: "#2f6fb0", dark: "#77aadd" } as const;

export function Grid({ shape, position, theme, onPick }: GridProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [frame, width] = useWidth<HTMLDivElement>();
  const [rows, columns] = [Math.min(maxCells, shape.rows), Math.min(maxCells, shape.columns)];
  const pixels = Math.round(width * Math.min(3, devicePixelRatio || 1));
  const height = Math.round((pixels * Math.max(16, rows)) / Math.max(16, columns, rows));
  const { row, column } = placeOf(position, shape);
  const cell = {
    row: Math.floor((row / shape.rows) * rows),
    column: Math.floor((column / shape.columns) * columns),
  };

  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || pixels === 0) return;
    context.globalAlpha = 1;
    context.fillStyle = canvasColours[theme].paper;
    context.fillRect(0, 0, pixels, height);
    const edge = (index: number, count: number, extent: number) => Math.round((index / count) * extent);
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        // The position in this cell that shares most: a cell may stand for many.
        const other =
          (i === cell.row ? row : Math.floor((i / rows) * shape.rows)) * shape.columns +
          (j === cell.column ? column : Math.floor((j / columns) * shape.columns));
        const alike = likeness(position, other, shape);
        const [x, y] = [edge(j, columns, pixels), edge(i, rows, height)];
        const [w, h] = [edge(j + 1, columns, pixels) - x - 1, edge(i + 1, rows, height) - y - 1];
        context.globalAlpha = 1;
        context.fillStyle = canvasColours[theme].tint;
        context.fillRect(x, y, w, h);
        context.globalAlpha = alike;
        context.fillStyle = inks[theme];
        context.fillRect(x, y, w, h);
      }
    }
  }, [shape, position, theme, pixels, height]);

  return (
    <div ref={frame}>
      <canvas
        ref={canvas}
        class="grid"
        width={pixels}
        height={height}
        role="img"
        aria-label={`Position ${position} is row ${row}, column ${column} of ${shape.rows} by ${shape.columns}. It is alike to its row by ${shape.rowDims} of ${shape.dModel} numbers, to its column by the others.`}
        onClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          const at = (offset: number, extent: number, count: number) =>
            Math.min(count - 1, Math.max(0, Math.floor((offset / extent) * count)));
          const [i, j] = [
            at(event.clientY - box.top, box.height, shape.rows),
            at(event.clientX - box.left, box.width, shape.columns),
          ];
          onPick(i * shape.columns + j);
        }}
      />
    </div>
  );
}
