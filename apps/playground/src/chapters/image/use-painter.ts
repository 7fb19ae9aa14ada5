/** Samples as they are painted. */
import { useRef, useState } from "preact/hooks";
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

export function usePainter(client: WorkerClient, model: ModelSource) {
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

  const paint = (pixels: Uint8Array, { hiddenRows, temperature, topP, seed, ...settings }: Settings) =>
    start(async (signal) => {
      setPainting(undefined);
      try {
        const code = codeOf(model, await open(signal));
        const given = givenPixels(hiddenRows);
        const seen = code.encode(pixels.subarray(0, 3 * given));
        const samples = Array.from({ length: settings.samples }, () => {
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
        await client.ask(
          "paint",
          {
            given: seen,
            size: allPixels * tokensPerPixel,
            tokensPerPixel,
            samples: samples.length,
            temperature: temperature / 10,
            topP: topP / 100,
            seed,
          },
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
  return { ...run, share, painting, paint };
}
