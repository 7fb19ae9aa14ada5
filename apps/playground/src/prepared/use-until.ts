/** What the build prepared, until there is anything of this machine's own; never again after that. */
import { useRef } from "preact/hooks";

/** @param own nothing yet while undefined */
export function useUntil<T>(own: T | undefined, prepared: T): { shown: T; isPrepared: boolean } {
  const newest = useRef<T | undefined>(undefined);
  if (own !== undefined) newest.current = own;
  return newest.current === undefined
    ? { shown: prepared, isPrepared: true }
    : { shown: own ?? newest.current, isPrepared: false };
}
