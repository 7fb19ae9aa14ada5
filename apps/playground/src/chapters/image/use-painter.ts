/** Samples as they are painted. */
import { useRef, useState } from "preact/hooks";
import { useRun } from "../../parts/use-run";
import type { WorkerClient } from "../../worker/client";
import type { ModelSource } from "../../worker/models/writer";
import { givenBytes, pictureBytes } from "./pixels";
import type { Settings } from "./settings";

export interface Painting {
  samples: Uint8Array[];
  /** Bytes of every sample that are there. */
  known: number;
  givenBytes: number;
  milliseconds: number;
}

export function usePainter(client: WorkerClient, model: ModelSource) {
  const { start, ...run } = useRun();
  const [share, setShare] = useState<number | null>();
  const [painting, setPainting] = useState<Painting>();
  const opened = useRef<ModelSource | undefined>(undefined);

  const paint = (pixels: Uint8Array, settings: Settings) =>
    start(async (signal) => {
      setPainting(undefined);
      if (opened.current !== model) {
        setShare(null);
        await client
          .ask("openPainter", { model }, { signal, onProgress: setShare })
          .finally(() => setShare(undefined));
        opened.current = model;
      }
      const given = givenBytes(pixels, settings.hiddenRows);
      const samples = Array.from({ length: settings.samples }, () => {
        const sample = new Uint8Array(pictureBytes);
        sample.set(given);
        return sample;
      });
      const began = performance.now();
      const state = (known: number): Painting => ({
        samples,
        known,
        givenBytes: given.length,
        milliseconds: performance.now() - began,
      });
      setPainting(state(given.length));
      const { temperature, topP, seed } = settings;
      await client
        .ask(
          "paint",
          {
            given,
            size: pictureBytes,
            samples: samples.length,
            temperature: temperature / 10,
            topP: topP / 100,
            seed,
          },
          {
            signal,
            onProgress: ({ at, bytes }) => {
              bytes.forEach((pixel, i) => samples[i]!.set(pixel, at));
              setPainting(state(at + bytes[0]!.length));
            },
          },
        )
        .catch((error: Error) => {
          // Another worker, or another chapter's model: opened again when asked again.
          opened.current = undefined;
          throw error;
        });
    });
  return { ...run, share, painting, paint };
}
