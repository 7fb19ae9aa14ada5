/** What went wrong, for a visitor to read. */
import { isInputError } from "@reformer-ts/internal-checks";
import { isRefusal } from "./refusal";

export function sentence(error: unknown): string {
  if (isRefusal(error)) return notEnoughMemory(error.cause);
  if (isInputError(error)) return error.message;
  if (!(error instanceof Error)) return String(error);
  return isOutOfMemory(error) ? notEnoughMemory(error) : `${error.name}: ${error.message}`;
}

function notEnoughMemory({ message }: Error): string {
  return `Your browser has not enough memory for this (${message}). Something shorter or smaller may fit.`;
}

/** Every engine and every allocator says it in words of its own. */
function isOutOfMemory({ name, message }: Error): boolean {
  if (name === "RangeError") return /alloc|memory|array (buffer )?length/i.test(message);
  return /out of memory|memory is full|\boom\b|cannot enlarge memory|memory access out of bounds|failed to (grow|allocate)/i.test(
    message,
  );
}
