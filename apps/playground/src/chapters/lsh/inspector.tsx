/** The query and the key in focus: the formula with their numbers in it. */
import { percent, short, visible } from "../../draw/format";
import { bucketLook, type Theme } from "../../draw/palette";
import { Slider } from "../../parts/slider";
import { explainPair, explainQuery, type PairFacts, type QueryFacts } from "./explain";
import type { Pair } from "./matrices";
import type { Picture } from "./picture";

export interface InspectorProps {
  picture: Picture;
  round: number;
  theme: Theme;
  focus: Pair;
  onPick: (pair: Pair) => void;
}

/** Sliders count positions from 1, and 0 is none. */
const place = (position: number | undefined) => (position === undefined ? 0 : position + 1);
const pick = (value: number) => (value === 0 ? undefined : value - 1);

export function Inspector({ picture, round, theme, focus, onPick }: InspectorProps) {
  const { length, numBuckets } = picture.request;
  const { query, key } = focus;
  return (
    <section class="card inspector" aria-labelledby="inspector-title">
      <h3 id="inspector-title">One query, one key</h3>
      <div class="pair">
        <Slider
          label="Query"
          value={place(query)}
          shown={query === undefined ? "none" : called(picture, query)}
          min={0}
          max={length}
          onChange={(value) => onPick({ query: pick(value), key })}
        />
        <Slider
          label="Key"
          value={place(key)}
          shown={key === undefined ? "none" : called(picture, key)}
          min={0}
          max={length}
          onChange={(value) => onPick({ query: query ?? 0, key: pick(value) })}
        />
      </div>
      <div aria-live="polite">
        {query === undefined ? (
          <p class="hint">
            Point at a cell of the figure or of a matrix, or move these sliders. A click keeps it.
          </p>
        ) : (
          <QueryText facts={explainQuery(picture, round, query)} round={round} />
        )}
        {query !== undefined && key !== undefined && <PairText facts={explainPair(picture, query, key)} />}
      </div>
      {query !== undefined && (
        <Projections
          values={explainQuery(picture, round, query).projections}
          look={(bucket) => bucketLook(bucket, numBuckets, theme)}
        />
      )}
    </section>
  );
}

function called({ names }: Picture, position: number): string {
  const name = visible(names[position] ?? "");
  return name === String(position + 1) ? name : `${position + 1} ‘${name}’`;
}

function QueryText({ facts, round }: { facts: QueryFacts; round: number }) {
  const largest = Math.max(...facts.projections);
  return (
    <p>
      In round {round + 1} its largest projection is <b>{short(largest)}</b>: bucket{" "}
      <b data-fact="bucket">{facts.bucket}</b>, slot {facts.slot + 1} of the sorted order, chunk{" "}
      {facts.chunk + 1}. Over all rounds it meets <b data-fact="keys-seen">{facts.keysSeen}</b> different
      keys, which hold <b data-fact="query-share">{percent(facts.share)}</b> of its attention.
    </p>
  );
}

function PairText({ facts }: { facts: PairFacts }) {
  const { score, logSumExp, fullWeight, lshWeight, rounds, masked } = facts;
  const seen =
    rounds.length === 0 ? "No round brings them together" : `They meet in round ${rounds.join(", ")}`;
  if (masked === "itself") {
    return (
      <p>
        A token’s own key is masked with −10⁵: since queries and keys are one, it would win every time. It is
        used only when nothing else is in sight.
      </p>
    );
  }
  if (masked === "later") return <p>This key comes later in the sequence, and may not be looked at: −10⁹.</p>;
  return (
    <>
      <p class="formula">
        q·k = <b data-fact="score">{short(score)}</b>
        <span>
          full attention: e
          <sup>
            {short(score)} − {logSumExp === undefined ? "…" : short(logSumExp)}
          </sup>{" "}
          = <b data-fact="full-weight">{percent(fullWeight, 2)}</b>
        </span>
        <span>
          LSH attention: <b data-fact="lsh-weight">{lshWeight > 0 ? percent(lshWeight, 2) : "0, missed"}</b>
        </span>
      </p>
      <p>{seen}.</p>
    </>
  );
}

/** The numbers that the hash takes the largest of, as bars. */
function Projections({
  values,
  look,
}: {
  values: number[];
  look: (bucket: number) => ReturnType<typeof bucketLook>;
}) {
  const extent = Math.max(...values.map(Math.abs));
  const winner = values.indexOf(Math.max(...values));
  const [step, middle, reach] = [320 / values.length, 52, 44];
  return (
    <figure class="projections">
      <figcaption>
        [xR ; −xR]: the {values.length} numbers whose largest names the bucket. Stripes are the negatives.
      </figcaption>
      <svg
        viewBox="0 0 320 118"
        role="img"
        aria-label={values.map((value, bucket) => `bucket ${bucket}: ${short(value)}`).join(", ")}
      >
        <line x1="0" x2="320" y1={middle} y2={middle} />
        {values.map((value, bucket) => {
          const size = (Math.abs(value) / extent) * reach;
          const bar = {
            x: bucket * step + step * 0.14,
            y: value >= 0 ? middle - size : middle,
            width: step * 0.72,
            height: Math.max(1, size),
          };
          const { fill, isOpposite } = look(bucket);
          return (
            <g key={bucket} class={bucket === winner ? "winner" : ""}>
              <rect {...bar} style={{ fill }} />
              {isOpposite && <rect {...bar} class="stripes" />}
              <text x={bucket * step + step / 2} y={112}>
                {bucket}
              </text>
            </g>
          );
        })}
      </svg>
    </figure>
  );
}
