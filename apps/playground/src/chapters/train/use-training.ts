/** A training in the worker, as the page sees it: opened, played, paused, stepped, saved. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { saveFiles } from "../../files/save";
import type { WorkerClient } from "../../worker/client";
import type { OpenTrainingRequest, TrainPoint } from "../../worker/tasks/train";
import type { TrainingFacts } from "../../worker/training/session";

export interface TrainingState {
  facts?: TrainingFacts;
  points: TrainPoint[];
  /** Whether this machine has looked at a model of its own yet. */
  hasOpened: boolean;
  isPlaying: boolean;
  error?: string;
}

/** More than anybody waits for. */
const forEver = 1_000_000;

export function useTraining(client: WorkerClient) {
  const [state, setState] = useState<TrainingState>({ points: [], hasOpened: false, isPlaying: false });
  const controller = useRef(new AbortController());
  useEffect(() => () => controller.current.abort(), []);
  const fail = (reason: Error, signal: AbortSignal) =>
    !signal.aborted && setState((before) => ({ ...before, isPlaying: false, error: reason.message }));

  const run = useCallback(
    (steps: number) => {
      controller.current.abort();
      const { signal } = (controller.current = new AbortController());
      setState((before) => ({ ...before, isPlaying: steps > 1, error: undefined }));
      const onProgress = (point: TrainPoint) =>
        setState((before) => ({ ...before, hasOpened: true, points: [...before.points, point] }));
      client
        .ask("train", { steps }, { signal, onProgress })
        .then(() => setState((before) => ({ ...before, isPlaying: false })))
        .catch((reason: Error) => fail(reason, signal));
    },
    [client],
  );

  const open = useCallback(
    (request: OpenTrainingRequest) => {
      controller.current.abort();
      const { signal } = (controller.current = new AbortController());
      setState(({ hasOpened }) => ({ points: [], hasOpened, isPlaying: false }));
      client
        .ask("openTraining", request, { signal })
        .then((facts) => {
          setState(({ hasOpened }) => ({ facts, points: [], hasOpened, isPlaying: false }));
          run(0);
        })
        .catch((reason: Error) => fail(reason, signal));
    },
    [client, run],
  );

  const pause = () => {
    controller.current.abort();
    setState((before) => ({ ...before, isPlaying: false }));
  };

  const save = () => {
    pause();
    const { signal } = (controller.current = new AbortController());
    client
      .ask("trainedFiles", {}, { signal })
      .then(saveFiles)
      .catch((reason: Error) => fail(reason, signal));
  };

  return { ...state, open, pause, save, play: () => run(forEver), stepOnce: () => run(1) };
}
