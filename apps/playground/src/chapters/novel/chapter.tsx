/** Chapter 6: a book in the window, how a small model goes on with it, and where it looked. */
import { useEffect, useState } from "preact/hooks";
import preparedText from "virtual:prepared/novel";
import { bytes as inBytes, milliseconds, whole } from "../../draw/format";
import { readDropped } from "../../files/dropped";
import { DownloadBar } from "../../parts/download-bar";
import { DropZone } from "../../parts/drop-zone";
import { Fact } from "../../parts/fact";
import { Notices } from "../../parts/notices";
import { useFiles } from "../../parts/use-files";
import { decode } from "../../prepared/codec";
import { PreparedNote } from "../../prepared/note";
import { isInitial } from "../../state/fields";
import { useChapterState } from "../../state/use-chapter-state";
import type { ModelSource } from "../../worker/models/writer";
import { TryThese } from "../../parts/try-these";
import type { ChapterProps } from "../chapter";
import { BookPane } from "./book-pane";
import { NovelControls } from "./controls";
import { Passages } from "./passages";
import { lookedAt } from "./passages-of";
import { fields, type Settings, type Window, windowOf } from "./settings";
import { shippedBook, shippedWriter } from "./shipped";
import { type Book, useNovel } from "./use-novel";
import { Words } from "./words";
import type { Writing } from "./writing";
import { trials } from "./trials";

const prepared = decode<Writing>(preparedText);
/** All settings but the passage, which opens what is there and changes none of it. */
const shown = Object.keys(fields).filter((name) => name !== "passage") as (keyof Settings)[];

export default function NovelChapter({ id, client }: ChapterProps) {
  const [settings, change] = useChapterState(id, fields);
  const [book, setBook] = useState<Book>(shippedBook);
  const [model, setModel] = useState<ModelSource>(shippedWriter);
  const { opened, reading: last, bar, isRunning, error, show, write, stop } = useNovel(client, book, model);
  useEffect(show, [book, model]);

  const { refused, onFiles } = useFiles(async (files) => {
    const dropped = await readDropped(files);
    if (dropped.kind === "model") setModel({ files: dropped.files });
    else setBook({ name: dropped.name, source: dropped.bytes });
  });
  const window = opened && windowOf(settings, opened.bytes.length, opened.facts.maxLength);
  // What was read of another book, or up to another place, is not shown as if it were of this one.
  const isCurrent =
    last?.opened === opened && last?.window.end === window?.end && last?.window.start === window?.start;
  const reading = isCurrent ? last : undefined;
  const isFirst = isInitial(fields, settings, shown) && book === shippedBook && model === shippedWriter;
  const isPrepared = last === undefined && (isFirst || opened === undefined);
  const writing = reading ?? (isPrepared ? prepared : opened && unwritten(opened.bytes, window!));
  const looked = writing && lookedAt(writing);
  const picked = looked?.far.find(({ from }) => from + 1 === settings.passage);

  return (
    <>
      <h2>Continue a novel</h2>
      <p class="lead">
        Every byte of the book is a token, and the window reaches back over as many as you let it. Full
        attention would compare each with all before it. Here a token looks at its neighbours, and at the
        newest of those bytes, anywhere in the window, that hash like itself: they stand beside it once the
        window is sorted. How far back they lie, the passages below say.
      </p>
      <Notices sentences={[refused, error]} />
      <div class="studio">
        <div class="side">
          <NovelControls {...{ settings, change }} windowBytes={window && window.end - window.start} />
          <div class="card">
            <p class="help">
              {book.name}
              {opened && `: ${whole(opened.bytes.length)} bytes, as many tokens.`} Drop another book (UTF-8),
              or a byte-level model’s folder.
            </p>
            <DropZone label="Drop a book or a model, or choose …" onFiles={onFiles} />
            {(model !== shippedWriter || book !== shippedBook) && (
              <button
                type="button"
                onClick={() => {
                  setModel(shippedWriter);
                  setBook(shippedBook);
                }}
              >
                Back to the page’s own book and model
              </button>
            )}
          </div>
        </div>
        <div class="stage" aria-busy={isRunning}>
          <div class="card">
            <div class="transport">
              <button
                type="button"
                class="primary"
                disabled={isRunning && !opened}
                onClick={() => (isRunning ? stop() : write(settings))}
              >
                {isRunning && opened ? "Stop" : "Read, and go on"}
              </button>
            </div>
            {bar && <DownloadBar what={bar.what} share={bar.share} />}
            <dl class="facts">
              <Fact name="tokens" label="Tokens read" value={reading ? whole(reading.result.tokens) : "–"} />
              <Fact
                name="read-time"
                label="Reading took"
                value={reading ? milliseconds(reading.result.milliseconds) : "–"}
              />
              <Fact
                name="memory"
                label="Remembered of them"
                value={reading ? inBytes(reading.result.bytes.caches) : "–"}
              />
              <Fact
                name="pace"
                label="A token takes"
                value={reading && reading.written > 0 ? milliseconds(reading.spent / reading.written) : "–"}
              />
              <Fact
                name="parameters"
                label="Parameters"
                value={opened ? whole(opened.facts.parameters) : "–"}
              />
            </dl>
            {isPrepared && (
              <PreparedNote
                isOther={!isFirst}
                then="press “Read, and go on” to see your own machine write."
              />
            )}
            {writing ? <BookPane {...writing} marked={picked} /> : <p>The book is on its way …</p>}
          </div>
          <section class="card" aria-labelledby="attended-title">
            <h3 id="attended-title">Where the last token looked</h3>
            {looked ? (
              <Passages
                {...{ looked, picked }}
                onPick={(from) => change({ passage: from === undefined ? 0 : from + 1 })}
              />
            ) : (
              <p class="help">Once it writes: the earlier passages that the token attended to, to open.</p>
            )}
          </section>
        </div>
      </div>
      <TryThese chapter={id} trials={trials} />
      <Words layers={opened?.facts.layers} />
    </>
  );
}

function unwritten(book: Uint8Array, { start, end }: Window): Writing {
  return { text: book.subarray(start, end), given: end - start, written: 0 };
}
