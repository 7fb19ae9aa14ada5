/** A task that reports as it goes, started and stopped by the visitor. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { WorkerClient } from "../worker/client";
import type { TaskName, Tasks } from "../worker/protocol";

export interface Stream<N extends TaskName> {
  points: Tasks[N]["progress"][];
  isRunning: boolean;
  error?: string;
  start: (request: Tasks[N]["request"]) => void;
  stop: () => void;
}

export function useStream<N extends TaskName>(client: WorkerClient, task: N): Stream<N> {
  const [points, setPoints] = useState<Tasks[N]["progress"][]>([]);
  const [isRunning, setRunning] = useState(false);
  const [error, setError] = useState<string>();
  const controller = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => controller.current?.abort(), []);

  const start = (request: Tasks[N]["request"]) => {
    controller.current?.abort();
    const mine = new AbortController();
    controller.current = mine;
    setPoints([]);
    setError(undefined);
    setRunning(true);
    const onProgress = (point: Tasks[N]["progress"]) => setPoints((before) => [...before, point]);
    client
      .ask(task, request, { signal: mine.signal, onProgress })
      .catch((reason: Error) => !mine.signal.aborted && setError(reason.message))
      .finally(() => controller.current === mine && setRunning(false));
  };
  const stop = () => {
    controller.current?.abort();
    setRunning(false);
  };
  return { points, isRunning, error, start, stop };
}
