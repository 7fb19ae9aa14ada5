/**
 * Work that follows an input: while one piece runs, only the newest of the inputs that arrive is kept, so a dragged
 * slider is answered as fast as the worker can, and never queues. Input and output are handed out together.
 */
import { useEffect, useRef, useState } from "preact/hooks";

export interface Latest<I, O> {
  done?: { input: I; output: O };
  error?: string;
  isBusy: boolean;
}

export function useLatest<I, O>(input: I | undefined, run: (input: I) => Promise<O>): Latest<I, O> {
  const [state, setState] = useState<Latest<I, O>>({ isBusy: false });
  const running = useRef(false);
  const newest = useRef<I | undefined>(undefined);
  useEffect(() => {
    newest.current = input;
    if (input === undefined || running.current) return;
    const next = async (): Promise<void> => {
      const current = newest.current;
      newest.current = undefined;
      if (current === undefined) {
        running.current = false;
        return;
      }
      running.current = true;
      setState((before) => ({ ...before, isBusy: true }));
      try {
        const output = await run(current);
        setState({ done: { input: current, output }, isBusy: false });
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        setState((before) => ({ ...before, error: message, isBusy: false }));
      }
      await next();
    };
    void next();
  }, [input, run]);
  return state;
}
