import { isInputError } from "@reformer-ts/internal-checks";

/** Whether a backend has no room for what was asked. A damaged file's error has a cause too, of another name. */
export function isRefusal(error: unknown): error is Error & { cause: Error } {
  return isInputError(error) && error.cause instanceof Error && error.cause.name === "NoRoomError";
}
