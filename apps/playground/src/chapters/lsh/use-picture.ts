/** Settings to picture: asks the worker anew when something that it computes with has changed. */
import { useCallback, useMemo } from "preact/hooks";
import { useLatest } from "../../parts/use-latest";
import type { WorkerClient } from "../../worker/client";
import type { AttendRequest } from "../../worker/tasks/attend";
import { type Picture, sequenceNames } from "./picture";
import { attendRequest } from "./request";
import { firstOf, minLength, type Settings, sequenceLength } from "./settings";
import { usePrepared } from "./use-prepared";

interface Question {
  request: AttendRequest;
  names: string[];
}

/** Where the numbers on the page come from: this machine, or the build, with other settings perhaps. */
export type Origin = "measured" | "prepared" | "prepared for others";

/** Settings that change what is shown, but nothing that is computed. */
const shownOnly = { round: 1, stage: 1, query: 0, key: 0 };
const computedFrom = (settings: Settings) => JSON.stringify({ ...settings, ...shownOnly });

export function usePicture(client: WorkerClient, settings: Settings) {
  const key = computedFrom(settings);
  const question = useMemo(
    (): Question | undefined =>
      sequenceLength(settings) < minLength
        ? undefined
        : { request: attendRequest(settings), names: sequenceNames(settings) },
    [key],
  );
  const ask = useCallback(({ request }: Question) => client.ask("attend", request), [client]);
  const { done, error, isBusy } = useLatest(question, ask);
  const measured = useMemo((): Picture | undefined => done && { ...done.input, result: done.output }, [done]);
  const prepared = usePrepared(settings.source);
  const isFirst = key === computedFrom(firstOf(settings.source));
  const origin: Origin = measured ? "measured" : isFirst ? "prepared" : "prepared for others";
  return { picture: measured ?? prepared, origin, error, isBusy, isTooShort: question === undefined };
}
