/** A chapter's settings, kept in the address bar: what is shown can always be linked to. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { type Fields, readState, type StateOf, writeState } from "./fields";
import { readRoute, writeRoute } from "./route";

/** Browsers refuse more than some hundred changes of the address in half a minute, and a slider makes many. */
const quietMilliseconds = 200;

export type Change<S> = (change: Partial<S>) => void;

const asTheyAre = <S>(state: S): S => state;

/**
 * @param settle brings settings that depend on each other into agreement, after every change and every link
 */
export function useChapterState<F extends Fields>(
  chapter: string,
  fields: F,
  settle: (state: StateOf<F>) => StateOf<F> = asTheyAre,
): [StateOf<F>, Change<StateOf<F>>] {
  const read = useCallback(() => settle(readState(fields, readRoute(location.hash).query)), [fields, settle]);
  const [state, setState] = useState(read);
  const written = useRef(location.hash);

  useEffect(() => {
    const follow = () => {
      if (readRoute(location.hash).chapter !== chapter && location.hash !== "") return;
      if (location.hash !== written.current) setState(read());
    };
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, [chapter, read]);

  useEffect(() => {
    const timer = setTimeout(() => {
      const hash = writeRoute({ chapter, query: writeState(fields, state) });
      written.current = hash;
      if (location.hash !== hash) history.replaceState(null, "", hash);
    }, quietMilliseconds);
    return () => clearTimeout(timer);
  }, [chapter, fields, state]);

  const change = useCallback(
    (part: Partial<StateOf<F>>) => setState((before) => settle({ ...before, ...part })),
    [settle],
  );
  return [state, change];
}
