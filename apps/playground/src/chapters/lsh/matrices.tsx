/** The two matrices, and a pointer into them. */
import { useEffect, useMemo, useRef } from "preact/hooks";
import { paintMatrix } from "../../draw/matrix";
import { bucketLook, type Theme } from "../../draw/palette";
import { useWidth } from "../../parts/use-width";
import { type MatrixPicture, originalOrder, placeOf, sortedOrder } from "./matrix-cells";
import type { Picture } from "./picture";

export interface Pair {
  query?: number;
  key?: number;
}

export interface MatricesProps {
  picture: Picture;
  round: number;
  theme: Theme;
  focus: Pair;
  onPoint: (pair: Pair | undefined) => void;
  onPick: (pair: Pair) => void;
}

export function Matrices(props: MatricesProps) {
  const { picture, round } = props;
  const { numHashes } = picture.request;
  const original = useMemo(() => originalOrder(picture, round), [picture, round]);
  const sorted = useMemo(() => sortedOrder(picture, round), [picture, round]);
  return (
    <div class="matrices">
      <Matrix
        {...props}
        cells={original}
        title="In the sequence's own order"
        caption={numHashes > 1 ? `what ${numHashes} rounds find together` : "what one round finds"}
      />
      <Matrix
        {...props}
        cells={sorted}
        sortedRound={round}
        title="Sorted by bucket"
        caption={`what round ${round + 1} finds`}
      />
    </div>
  );
}

interface MatrixProps extends MatricesProps {
  cells: MatrixPicture;
  title: string;
  caption: string;
  /** Rows and columns are the slots of this round; otherwise positions. */
  sortedRound?: number;
}

function Matrix({ picture, theme, focus, cells, title, caption, sortedRound, onPoint, onPick }: MatrixProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [frame, width] = useWidth<HTMLDivElement>();
  const pixels = Math.round(width * Math.min(3, devicePixelRatio || 1));
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || pixels === 0) return;
    const { numBuckets } = picture.request;
    const inks = Array.from(
      { length: numBuckets / 2 },
      (_, bucket) => bucketLook(bucket, numBuckets, theme).ink,
    );
    paintMatrix(context, cells, {
      theme,
      inks,
      pixels,
      row: placeOf(picture, sortedRound, focus.query),
      column: placeOf(picture, sortedRound, focus.key),
    });
  }, [picture, cells, theme, pixels, sortedRound, focus.query, focus.key]);

  const pointed = (event: MouseEvent & { currentTarget: HTMLCanvasElement }): Pair | undefined => {
    const box = event.currentTarget.getBoundingClientRect();
    const [query, key] = [
      cells.positions[cellAt(event.clientY - box.top, box.height, cells.size)]!,
      cells.positions[cellAt(event.clientX - box.left, box.width, cells.size)]!,
    ];
    return query < 0 || key < 0 ? undefined : { query, key };
  };
  return (
    <figure class="matrix">
      <figcaption>
        <strong>{title}</strong> <span>{caption}</span>
      </figcaption>
      <div ref={frame}>
        <canvas
          ref={canvas}
          width={pixels}
          height={pixels}
          role="img"
          aria-label={`${title}: weight of full attention, coloured where it is found. Rows are queries, columns keys.`}
          onPointerMove={(event) => onPoint(pointed(event))}
          onPointerLeave={() => onPoint(undefined)}
          onClick={(event) => {
            const pair = pointed(event);
            if (pair) onPick(pair);
          }}
        />
      </div>
    </figure>
  );
}

function cellAt(offset: number, extent: number, count: number): number {
  return Math.min(count - 1, Math.max(0, Math.floor((offset / extent) * count)));
}
