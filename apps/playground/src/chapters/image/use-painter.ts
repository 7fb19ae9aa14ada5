/** Samples as they are painted: begun anew whenever the picture, the painter or a setting is another. */
import { useEffect, useRef, useState } from "preact/hooks";
import { samplingOf } from "../../parts/sampling";
import { useRun } from "../../parts/use-run";
import type { WorkerClient } from "../../worker/client";
import type { ModelFacts, ModelSource } from "../../worker/models/writer";
import { codeOf } from "./painter-code";
import { allPixels, givenPixels } from "./pixels";
import type { Settings } from "./settings";

export interface Painting {
  /** Red, green, blue of every sample. */
  samples: Uint8Array[];
  /** Pixels of every sample that are there, and how many of them were given. */
  known: number;
  given: number;
  milliseconds: number;
}

/** A slider that is dragged does not begin a painting at every place. */
const quietMilliseconds = 200;

/** @param pixels the picture; undefined while it is not there yet */
export function usePainter(
  client: WorkerClient,
  model: ModelSource,
  pixels: Uint8Array | undefined,
  settings: Settings,
) {
  const { start, ...run } = useRun();
  const [share, setShare] = useState<number | null>();
  const [painting, setPainting] = useState<Painting>();
  const opened = useRef<{ model: ModelSource; facts: ModelFacts } | undefined>(undefined);

  const open = async (signal: AbortSignal): Promise<ModelFacts> => {
    if (opened.current?.model === model) return opened.current.facts;
    setShare(null);
    const facts = await client
      .ask("openPainter", { model }, { signal, onProgress: setShare })
      .finally(() => setShare(undefined));
    opened.current = { model, facts };
    return facts;
  };

  const { hiddenRows, samples: count, temperature, topP, seed } = settings;
  const paint = (original: Uint8Array) =>
    start(async (signal) => {
      setPainting(undefined);
      try {
        const code = codeOf(model, await open(signal));
        const given = givenPixels(hiddenRows);
        const seen = code.encode(original.subarray(0, 3 * given));
        const samples = Array.from({ length: count }, () => {
          const sample = new Uint8Array(3 * allPixels);
          // As the model sees it.
          sample.set(code.decode(seen));
          return sample;
        });
        const began = performance.now();
        const state = (known: number): Painting => ({
          samples,
          known,
          given,
          milliseconds: performance.now() - began,
        });
        setPainting(state(given));
        const { tokensPerPixel } = code;
        const size = allPixels * tokensPerPixel;
        const sampling = { ...samplingOf({ temperature, topP }), seed };
        await client.ask(
          "paint",
          { given: seen, size, tokensPerPixel, samples: count, ...sampling },
          {
            signal,
            onProgress: ({ at, tokens }) => {
              tokens.forEach((pixel, i) => samples[i]!.set(code.decode(pixel), 3 * at));
              setPainting(state(at + 1));
            },
          },
        );
      } catch (error) {
        // Another worker, or another chapter's model: opened again when asked again.
        if (!signal.aborted) opened.current = undefined;
        throw error;
      }
    });

  useEffect(() => {
    if (!pixels) return undefined;
    // What was painted of another picture does not belong beside this one.
    run.stop();
    setPainting(undefined);
    const timer = setTimeout(() => paint(pixels), quietMilliseconds);
    return () => clearTimeout(timer);
  }, [model, pixels, hiddenRows, count, temperature, topP, seed]);

  return { ...run, share, painting, paint };
}
