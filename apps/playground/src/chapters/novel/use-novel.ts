/** A book and a model in the worker: opened when first asked, read up to a place, continued. */
import { useEffect, useRef, useState } from "preact/hooks";
import { whole } from "../../draw/format";
import { samplingOf } from "../../parts/sampling";
import { useRun } from "../../parts/use-run";
import type { WorkerClient } from "../../worker/client";
import type { ModelFacts, ModelSource } from "../../worker/models/writer";
import type { ReadNovelResult, WrittenToken } from "../../worker/tasks/novel";
import { type Settings, tokensToWrite, type Window, windowOf } from "./settings";
import type { Writing } from "./writing";

export interface Book {
  name: string;
  /** An address, or the bytes of a book that was dropped. */
  source: string | Uint8Array;
}

interface Opened {
  book: Book;
  model: ModelSource;
  facts: ModelFacts;
  bytes: Uint8Array;
}

export interface Reading extends Writing {
  /** Of which book, with which model. */
  opened: Opened;
  window: Window;
  result: ReadNovelResult;
  /** Milliseconds of all tokens that were written. */
  spent: number;
}

export function useNovel(client: WorkerClient, book: Book, model: ModelSource) {
  const { start, ...run } = useRun();
  const [bar, setBar] = useState<{ what: string; share: number | null }>();
  const [opened, setOpened] = useState<Opened>();
  const [reading, setReading] = useState<Reading>();
  const isReading = useRef(false);
  const resident = useRef<Opened | undefined>(undefined);

  const open = async (signal: AbortSignal): Promise<Opened> => {
    const there = resident.current;
    if (there?.book === book && there.model === model) return there;
    const { facts, book: bytes } = await client.ask(
      "openNovel",
      { model, book: book.source },
      { signal, onProgress: ({ what, share }) => setBar({ what: `Loading ${what}`, share }) },
    );
    const now = { book, model, facts, bytes };
    resident.current = now;
    setOpened(now);
    return now;
  };

  /** The book and the model alone, so that the book can be seen. */
  const show = () => start(async (signal) => void (await open(signal).finally(() => setBar(undefined))));

  const write = (settings: Settings) =>
    start(async (signal) => {
      try {
        const there = await open(signal);
        const { facts, bytes } = there;
        const window = windowOf(settings, bytes.length, facts.maxLength);
        const tokens = bytes.slice(window.start, window.end);
        setReading(undefined);
        isReading.current = true;
        const result = await client.ask(
          "readNovel",
          { tokens },
          {
            signal,
            onProgress: ({ share, done, layers }) =>
              setBar({
                what: `Reading ${whole(tokens.length)} tokens, ${done} of ${layers} layers done`,
                share,
              }),
          },
        );
        isReading.current = false;
        setBar(undefined);
        const maxTokens = tokensToWrite(settings, tokens.length, facts.maxLength);
        const text = new Uint8Array(tokens.length + maxTokens);
        text.set(tokens);
        const given = result.tokens;
        let now: Reading = { opened: there, window, result, text, given, written: 0, spent: 0 };
        setReading(now);
        const onProgress = (last: WrittenToken) => {
          text[tokens.length + now.written] = last.byte;
          now = { ...now, last, written: now.written + 1, spent: now.spent + last.milliseconds };
          setReading(now);
        };
        const { topK, seed } = settings;
        const sampling = { ...samplingOf(settings), topK, seed };
        await client.ask("continueNovel", { maxTokens, ...sampling }, { signal, onProgress });
      } catch (error) {
        // Another worker, or another chapter's model: opened again when asked again.
        if (!signal.aborted) resident.current = undefined;
        throw error;
      } finally {
        isReading.current = false;
        setBar(undefined);
      }
    });

  const stop = () => {
    const wasReading = isReading.current;
    run.stop();
    // A worker that reads hears no message: it ends with what it reads.
    if (wasReading) {
      resident.current = undefined;
      client.interrupt();
    }
  };
  useEffect(() => () => void (isReading.current && client.interrupt()), []);
  return { ...run, stop, bar, opened, reading, show, write };
}
