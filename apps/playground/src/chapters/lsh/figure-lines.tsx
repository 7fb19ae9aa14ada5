/** The figure's lines: threads from hash to sort, fans from chunks to what they see, and all of one query. */
import { useMemo } from "preact/hooks";
import { bucketLook } from "../../draw/palette";
import type { FigureProps } from "./figure-props";
import type { FigureLayout } from "./layout";
import { roundOrder } from "./picture";
import { chunksPerRound, slotsOf, windowOf } from "./windows";

type LineProps = FigureProps & { layout: FigureLayout };

function inkOf({ picture, round, theme }: FigureProps, position: number): string {
  const { request, result } = picture;
  return bucketLook(result.buckets[round * request.length + position]!, request.numBuckets, theme).ink;
}

function threadPath(
  { tops, cell, rowHeight, positionX, sortX }: FigureLayout,
  position: number,
  slot: number,
): string {
  const [x1, y1] = [positionX(position) + cell / 2, tops.hash + rowHeight];
  const [x2, y2] = [sortX(slot) + cell / 2, tops.sort];
  const middle = (y1 + y2) / 2;
  return `M${x1} ${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}`;
}

export function Threads(props: LineProps) {
  const { picture, round, theme, layout } = props;
  return useMemo(() => {
    const slots = slotsOf(picture, round);
    return (
      <g class="threads appearing">
        {picture.names.map((_, position) => (
          <path
            key={position}
            d={threadPath(layout, position, slots[position]!)}
            stroke={inkOf(props, position)}
          />
        ))}
      </g>
    );
  }, [picture, round, theme, layout]);
}

/** For every chunk a trapezoid down to the chunks that it sees; what wraps around the ring leaves by the edge. */
export function Fans({ picture, round, layout }: LineProps) {
  return useMemo(() => {
    const { request } = picture;
    const { tops, cell, rowHeight, chunkX } = layout;
    const span = (chunk: number): [number, number] => [
      chunkX(chunk * request.chunkLength),
      chunkX((chunk + 1) * request.chunkLength - 1) + cell,
    ];
    const [top, bottom] = [tops.chunk + rowHeight + 2, tops.attend - 2];
    return (
      <g class="fans appearing">
        {Array.from({ length: chunksPerRound(request) }, (_, chunk) => {
          const [left, right] = span(chunk);
          const seen = windowOf(request, { round, chunk });
          const near = seen.filter((other) => other.round === round && other.chunk <= chunk);
          const wraps = near.length < seen.length;
          const start = span(Math.min(...near.map((other) => other.chunk)))[0];
          return (
            <g key={chunk}>
              <path d={`M${left} ${top}L${right} ${top}L${right} ${bottom}L${start} ${bottom}Z`} />
              {wraps && (
                <path
                  class="wrap"
                  d={`M${left + cell / 2} ${top}C${left + cell / 2} ${top + 30} ${left} ${top + 36} ${chunkX(0) - 8} ${top + 36}`}
                />
              )}
            </g>
          );
        })}
      </g>
    );
  }, [picture, round, layout]);
}

/** The query in focus, in every row, and a line to each key that its window holds in this round. */
export function QueryLines(props: LineProps) {
  const { picture, round, stage, layout, query } = props;
  if (query === undefined || query >= picture.names.length) return null;
  const { request, result } = picture;
  const { tops, cell, rowHeight, positionX, sortX, chunkX } = layout;
  const slot = slotsOf(picture, round)[query]!;
  const order = roundOrder(picture, round);
  const outlines: [number, number][] = [
    [positionX(query), tops.sequence],
    [positionX(query), tops.hash],
    ...(stage >= 2 ? [[sortX(slot), tops.sort] as [number, number]] : []),
    ...(stage >= 3 ? [[chunkX(slot), tops.chunk] as [number, number]] : []),
  ];
  const chunk = Math.floor(slot / request.chunkLength);
  const seenChunks = windowOf(request, { round, chunk }).flatMap((seen) =>
    seen.round === round ? [seen.chunk] : [],
  );
  const weightOf = (key: number) => result.lshWeights[query * request.length + key]!;
  const keys = Array.from(order, (key, keySlot) => ({ key, keySlot })).filter(
    ({ key, keySlot }) =>
      key >= 0 && weightOf(key) > 0 && seenChunks.includes(Math.floor(keySlot / request.chunkLength)),
  );
  return (
    <g class="focus">
      {stage >= 2 && (
        <path class="focus-thread" d={threadPath(layout, query, slot)} stroke={inkOf(props, query)} />
      )}
      {stage >= 4 &&
        keys.map(({ key, keySlot }) => {
          const [x1, y1] = [chunkX(slot) + cell / 2, tops.chunk + rowHeight];
          const [x2, y2] = [chunkX(keySlot) + cell / 2, tops.attend];
          return (
            <path
              key={key}
              class="sight"
              d={`M${x1} ${y1}C${x1} ${(y1 + y2) / 2} ${x2} ${(y1 + y2) / 2} ${x2} ${y2}`}
              style={{
                strokeWidth: `${1 + 4 * Math.sqrt(weightOf(key))}px`,
                opacity: 0.25 + 0.75 * Math.sqrt(weightOf(key)),
              }}
            />
          );
        })}
      {outlines.map(([x, y]) => (
        <rect key={y} class="outline" x={x - 1} y={y - 1} width={cell + 2} height={rowHeight + 2} rx={3} />
      ))}
    </g>
  );
}
