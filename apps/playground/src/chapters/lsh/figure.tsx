/** The authors' figure on the visitor's sequence: hash, sort, chunk, attend, from top to bottom. */
import { useMemo } from "preact/hooks";
import { visible } from "../../draw/format";
import { bucketLook } from "../../draw/palette";
import { useWidth } from "../../parts/use-width";
import { FigureCell } from "./figure-cell";
import { type FigureLayout, layOutFigure, placeAt, type RowName, stageOf } from "./layout";
import { roundOrder } from "./picture";
import { Fans, QueryLines, Threads } from "./figure-lines";
import type { FigureProps } from "./figure-props";

export function Figure(props: FigureProps) {
  const { picture, round, stage, onPoint, onPick } = props;
  const { request, result } = picture;
  const [container, width] = useWidth<HTMLDivElement>();
  const { length, chunkLength } = request;
  const { paddedLength } = result;
  const layout = useMemo(
    () => layOutFigure({ width: Math.max(width, 280), length, paddedLength, chunkLength }),
    [width, length, paddedLength, chunkLength],
  );
  const pointed = (event: MouseEvent & { currentTarget: SVGSVGElement }) => {
    const box = event.currentTarget.getBoundingClientRect();
    const point = { x: event.clientX - box.left, y: event.clientY - box.top };
    const place = placeAt(layout, { length, order: roundOrder(picture, round) }, point);
    return place && stage >= stageOf[place.row] ? place : undefined;
  };
  return (
    // Focusable, because on a narrow screen a long sequence is wider than its frame.
    <div
      class="figure-frame"
      ref={container}
      tabIndex={layout.width > width ? 0 : undefined}
      role="group"
      aria-label="Figure"
    >
      {width > 0 && (
        <svg
          class="figure"
          width={layout.width}
          height={layout.height}
          role="img"
          aria-label={describe(props)}
          onPointerMove={(event) => onPoint(pointed(event))}
          onPointerLeave={() => onPoint(undefined)}
          onClick={(event) => {
            const place = pointed(event);
            if (place) onPick(place.position);
          }}
        >
          <defs>
            <pattern
              id="stripes"
              width="5"
              height="5"
              patternUnits="userSpaceOnUse"
              patternTransform="rotate(45)"
            >
              <rect width="1.5" height="5" fill="#00000038" />
            </pattern>
          </defs>
          {stage >= stageOf.sort && <Threads {...props} layout={layout} />}
          {stage >= stageOf.attend && <Fans {...props} layout={layout} />}
          <Rows {...props} layout={layout} />
          <QueryLines {...props} layout={layout} />
          <Captions layout={layout} stage={stage} />
        </svg>
      )}
    </div>
  );
}

function Rows({ picture, round, stage, theme, layout }: FigureProps & { layout: FigureLayout }) {
  return useMemo(() => {
    const { request, result, names } = picture;
    const { tops, cell, rowHeight, positionX, sortX, chunkX, showsLetters } = layout;
    const look = (position: number) =>
      bucketLook(result.buckets[round * request.length + position]!, request.numBuckets, theme);
    const size = { width: cell, height: rowHeight };
    const letter = (position: number) => (showsLetters ? visible(names[position]!) : undefined);
    const sequence = names.map((_, position) => (
      <FigureCell
        key={`q${position}`}
        {...size}
        x={positionX(position)}
        y={tops.sequence}
        text={letter(position)}
      />
    ));
    const hashed = names.map((_, position) => (
      <FigureCell
        key={`h${position}`}
        {...size}
        x={positionX(position)}
        y={tops.hash}
        look={look(position)}
        text={showsLetters ? String(result.buckets[round * request.length + position]!) : undefined}
      />
    ));
    // Every sorted cell starts where the row above left it and glides down when its stage comes.
    const sortedRow = (
      name: RowName,
      at: (slot: number) => number,
      from: (slot: number) => [number, number],
    ) => {
      const reached = stage >= stageOf[name];
      return Array.from(roundOrder(picture, round), (position, slot) => {
        const [x, y] = reached ? [at(slot), tops[name]] : from(slot);
        const isEmpty = position < 0;
        return (
          <FigureCell
            key={`${name}${isEmpty ? `empty${slot}` : position}`}
            {...size}
            {...{ x, y, isEmpty, isHidden: !reached }}
            look={isEmpty ? undefined : look(position)}
            text={isEmpty ? undefined : letter(position)}
          />
        );
      });
    };
    const order = roundOrder(picture, round);
    const sorted = sortedRow("sort", sortX, (slot) => [positionX(Math.max(0, order[slot]!)), tops.hash]);
    const chunked = sortedRow("chunk", chunkX, (slot) => [sortX(slot), tops.sort]);
    const keys = sortedRow("attend", chunkX, (slot) => [chunkX(slot), tops.chunk]);
    return <>{[...sequence, ...hashed, ...sorted, ...chunked, ...keys]}</>;
  }, [picture, round, stage, theme, layout]);
}

function Captions({ layout, stage }: { layout: FigureLayout; stage: number }) {
  const { tops, rowHeight, gutter } = layout;
  const captions: [string, RowName][] = [
    ["q = k", "sequence"],
    ["1 Hash", "hash"],
    ["2 Sort", "sort"],
    ["3 Chunk", "chunk"],
    ["4 Attend", "attend"],
  ];
  const shown = gutter > 0 ? captions : captions.slice(1);
  return (
    <>
      {shown.map(([caption, row]) => {
        const y =
          gutter > 0 ? tops[row] + rowHeight / 2 + 4 : (row === "hash" ? tops.sequence : tops[row]) - 7;
        return (
          <text key={row} class={`caption${stage >= stageOf[row] ? "" : " hidden"}`} x={1} y={y}>
            {caption}
          </text>
        );
      })}
    </>
  );
}

function describe({ picture, round, stage }: FigureProps): string {
  const { request, result, names } = picture;
  const order = roundOrder(picture, round);
  const sorted = Array.from(order, (position) => (position < 0 ? "(empty)" : names[position])).join("");
  const said = [
    `${request.length} vectors hashed into ${request.numBuckets} buckets.`,
    `Sorted by bucket they read: ${sorted}.`,
    `Cut into ${result.paddedLength / request.chunkLength} chunks of ${request.chunkLength}.`,
    `Each query attends to its chunk and ${request.chunksBefore} before.`,
  ];
  return said.slice(0, stage).join(" ");
}
