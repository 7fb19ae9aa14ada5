/** Chapter 1: what a reader remembers of the paper, on a sequence of one's own. */
import { useState } from "preact/hooks";
import { Choice } from "../../parts/choice";
import { PreparedNote } from "../../prepared/note";
import { useChapterState } from "../../state/use-chapter-state";
import { TryThese } from "../../parts/try-these";
import type { ChapterProps } from "../chapter";
import { Circle } from "./circle";
import { HashControls, SourceControls } from "./controls";
import { Figure } from "./figure";
import { Inspector } from "./inspector";
import type { FigurePlace } from "./layout";
import { Matrices, type Pair } from "./matrices";
import { sayFigureCell, sayPair } from "./say-cell";
import { fields, minLength, settle } from "./settings";
import { ShareCard } from "./share-card";
import { Stepper } from "./stepper";
import { usePicture } from "./use-picture";
import { Lead, Words } from "./words";
import { trials } from "./trials";

export default function LshChapter({ id, client, theme }: ChapterProps) {
  const [settings, change] = useChapterState(id, fields, settle);
  const { picture, origin, error, isBusy, isTooShort } = usePicture(client, settings);
  const [pointed, setPointed] = useState<Pair>();
  const [cell, setCell] = useState<FigurePlace>();

  // A picture may lag behind the settings by one answer: what is drawn must exist in it.
  const round = Math.min(settings.round, picture?.request.numHashes ?? 1) - 1;
  const isStale = isTooShort || origin === "prepared for others";
  const picked: Pair = { query: place(settings.query), key: place(settings.key) };
  const focus = within(pointed ?? picked, picture?.request.length ?? 0);
  const pick = ({ query, key }: Pair) =>
    change({ query: query === undefined ? 0 : query + 1, key: key === undefined ? 0 : key + 1 });
  const pointAt = (query: number | undefined) => setPointed(query === undefined ? undefined : { query });
  const pointAtCell = (pointedAt: FigurePlace | undefined) => {
    setCell(pointedAt);
    pointAt(pointedAt?.position);
  };
  const toggle = (query: number) => pick({ query: query === picked.query ? undefined : query });

  return (
    <>
      <h2>Hash, sort, chunk, attend</h2>
      <Lead />
      <div class="workbench">
        <div class="panel">
          <SourceControls settings={settings} change={change} />
          <HashControls settings={settings} change={change} />
        </div>
        <div class="stage" aria-busy={isBusy}>
          {isTooShort && (
            <p class="notice">Type at least {minLength} characters: fewer leave nothing to sort.</p>
          )}
          {error !== undefined && (
            <p class="notice" role="alert">
              The picture could not be computed: {error}
            </p>
          )}
          {picture === undefined ? (
            <p class="notice">Your machine is hashing …</p>
          ) : (
            <div class={`card figure-card${isStale ? " stale" : ""}`}>
              <div class="figure-bar">
                <Stepper stage={settings.stage} onChange={(stage) => change({ stage })} />
                {picture.request.numHashes > 1 && (
                  <Choice
                    legend="Round"
                    value={round + 1}
                    options={Array.from({ length: picture.request.numHashes }, (_, i) => ({
                      value: i + 1,
                      label: String(i + 1),
                    }))}
                    onChange={(value) => change({ round: value })}
                  />
                )}
              </div>
              {picture.result.probeBuckets.length > 0 && settings.source === "circle" && (
                <Circle
                  {...{ picture, round, theme }}
                  points={settings.points}
                  query={focus.query}
                  onMove={(points) => change({ points })}
                  onPick={(query) => pick({ query })}
                  onPoint={pointAt}
                />
              )}
              <Figure
                {...{ picture, round, theme }}
                stage={settings.stage}
                query={focus.query}
                onPoint={pointAtCell}
                onPick={toggle}
              />
              {origin === "prepared for others" && <PreparedNote isOther />}
              <p class="cell-line" data-fact="cell">
                {cell && cell.position < picture.request.length
                  ? sayFigureCell(picture, round, cell)
                  : "Point at a cell for its formula; a click keeps its query."}
              </p>
            </div>
          )}
        </div>
      </div>
      {picture !== undefined && (
        <div class="findings">
          <section class="card who" aria-labelledby="who-title">
            <h3 id="who-title">Who attends to whom</h3>
            <p>
              Ink is the weight that full attention gives (its square root, to bring out the small). Coloured
              ink is found, grey ink is missed, and the tint is where LSH attention looked.
            </p>
            <p class="cell-line" data-fact="pair">
              {focus.query !== undefined && focus.key !== undefined
                ? sayPair(picture, focus.query, focus.key)
                : "Point at a cell for its formula; a click keeps it."}
            </p>
            <Matrices {...{ picture, round, theme, focus }} onPoint={setPointed} onPick={pick} />
          </section>
          <Inspector {...{ picture, round, theme, focus }} onPick={pick} />
          <ShareCard {...{ picture, origin }} onPick={(numHashes) => change({ numHashes })} />
        </div>
      )}
      <TryThese chapter={id} trials={trials} />
      <Words />
    </>
  );
}

/** Settings count positions from 1, and 0 is none. */
function place(setting: number): number | undefined {
  return setting === 0 ? undefined : setting - 1;
}

function within({ query, key }: Pair, length: number): Pair {
  const inside = (position: number | undefined) =>
    position !== undefined && position < length ? position : undefined;
  return { query: inside(query), key: inside(key) };
}
