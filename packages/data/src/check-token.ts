import { InputError } from "@reformer-ts/internal-checks";

/** @throws InputError unless `token` is one of the vocabulary */
export function checkToken(token: number, vocabSize: number): void {
  if (!Number.isInteger(token) || token < 0 || token >= vocabSize) {
    throw new InputError({ field: "token", given: String(token), allowed: `0 to ${vocabSize - 1}` });
  }
}
