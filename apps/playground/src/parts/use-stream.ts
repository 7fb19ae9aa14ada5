/** A task that reports as it goes, started and stopped by the visitor. */
import { useState } from "preact/hooks";
import type { WorkerClient } from "../worker/client";
import type { TaskName, Tasks } from "../worker/protocol";
import { useRun } from "./use-run";

export function useStream<N extends TaskName>(client: WorkerClient, task: N) {
  const { start: run, ...rest } = useRun();
  const [points, setPoints] = useState<Tasks[N]["progress"][]>([]);
  const start = (request: Tasks[N]["request"]) =>
    run(async (signal) => {
      setPoints([]);
      const onProgress = (point: Tasks[N]["progress"]) => setPoints((before) => [...before, point]);
      await client.ask(task, request, { signal, onProgress });
    });
  return { ...rest, points, start };
}
