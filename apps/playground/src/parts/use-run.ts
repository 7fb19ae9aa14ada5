/** One piece of work at a time, begun and stopped by the visitor, or by leaving the chapter. */
import { useEffect, useRef, useState } from "preact/hooks";

export interface Run {
  isRunning: boolean;
  error?: string;
  start: (work: (signal: AbortSignal) => Promise<void>) => void;
  stop: () => void;
}

export function useRun(): Run {
  const [state, setState] = useState<{ isRunning: boolean; error?: string }>({ isRunning: false });
  const controller = useRef<AbortController | undefined>(undefined);
  useEffect(() => () => controller.current?.abort(), []);
  const start: Run["start"] = (work) => {
    controller.current?.abort();
    const { signal } = (controller.current = new AbortController());
    setState({ isRunning: true });
    const end = (error?: string) => !signal.aborted && setState({ isRunning: false, error });
    work(signal).then(
      () => end(),
      (reason: Error) => end(reason.message),
    );
  };
  const stop = () => {
    controller.current?.abort();
    setState({ isRunning: false });
  };
  return { ...state, start, stop };
}
