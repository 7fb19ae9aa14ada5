/** Settings to picture: asks the worker anew when something that it computes with has changed. */
import { useCallback, useMemo } from "preact/hooks";
import prepared from "virtual:first-picture";
import { useLatest } from "../../parts/use-latest";
import { initialState } from "../../state/fields";
import type { WorkerClient } from "../../worker/client";
import type { AttendRequest } from "../../worker/tasks/attend";
import { decodeResult, type Picture, sequenceNames } from "./picture";
import { attendRequest } from "./request";
import { fields, minLength, type Settings, sequenceLength, settle } from "./settings";

interface Question {
  request: AttendRequest;
  names: string[];
}

/** Where the numbers on the page come from. */
export type Origin = "prepared" | "measured";

/** Settings that change what is shown, but nothing that is computed. */
const shownOnly = { round: 1, stage: 1, query: 0, key: 0 };
const computedFrom = (settings: Settings) => JSON.stringify({ ...settings, ...shownOnly });

const first = settle(initialState(fields));
const firstQuestion: Question = { request: attendRequest(first), names: sequenceNames(first) };

export function usePicture(client: WorkerClient, settings: Settings) {
  const key = computedFrom(settings);
  const question = useMemo(
    (): Question | undefined =>
      sequenceLength(settings) < minLength
        ? undefined
        : { request: attendRequest(settings), names: sequenceNames(settings) },
    [key],
  );
  const firstDone = useMemo(
    () =>
      key === computedFrom(first) ? { input: firstQuestion, output: decodeResult(prepared) } : undefined,
    [],
  );
  const ask = useCallback(({ request }: Question) => client.ask("attend", request), [client]);
  const { done, error, isBusy } = useLatest(question, ask, firstDone);
  const picture = useMemo(
    (): Picture | undefined => done && { ...done.input, request: done.input.request, result: done.output },
    [done],
  );
  const origin: Origin = done !== undefined && done === firstDone ? "prepared" : "measured";
  return { picture, origin, error, isBusy, isTooShort: question === undefined };
}
