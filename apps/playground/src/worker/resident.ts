/**
 * What stays in the worker between tasks: one thing at a time (a training, a reader of a novel, a painter), so that what
 * a chapter left behind is free before the next begins.
 */
import { InputError } from "@reformer-ts/internal-checks";

export interface Resident {
  dispose(): void;
}

let resident: { owner: object; value: Resident } | undefined;

export function freeResident(): void {
  const { value } = resident ?? {};
  resident = undefined;
  value?.dispose();
}

/** @param name what is missing when nothing was put here, or something else came after */
export function placeFor<T extends Resident>(name: string) {
  const owner = {};
  return {
    /** Takes `value`. */
    put(value: T): void {
      freeResident();
      resident = { owner, value };
    },
    /** @throws InputError when it is not there any more */
    get(): T {
      if (resident?.owner === owner) return resident.value as T;
      throw new InputError({ field: name, given: "gone", allowed: "opened anew, as a new worker began" });
    },
  };
}
