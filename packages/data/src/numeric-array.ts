/** What IDX and npy files hold: whole numbers and their shape. */

import { InputError } from "@reformer-ts/internal-checks";

import { tokensOf, type TokenArray, type TokenSource } from "./token-source";

export interface NumericArray {
  shape: number[];
  /** In row-major order. */
  data: TokenArray | Int8Array | Int16Array;
}

/**
 * An array's numbers as tokens, row after row.
 * @param name what the array is, for the error: usually a path
 * @throws InputError when a number is negative or above 2^31 - 1
 */
export function tokensOfArray({ data }: NumericArray, name: string): TokenSource {
  data.forEach((value, i) => checkTokenValue(value, i, name));
  return tokensOf(data instanceof Int8Array || data instanceof Int16Array ? Int32Array.from(data) : data);
}

export function checkTokenValue(value: number, position: number, name: string): void {
  if (value < 0 || value > 0x7fffffff) {
    throw new InputError({
      field: name,
      given: `an array with ${value} at position ${position}`,
      allowed: "one of tokens, which are from 0 to 2147483647",
    });
  }
}
