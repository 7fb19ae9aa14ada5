/** What data are known by: a run that is resumed must find what it began with. */
import type { TokenSource } from "@reformer-ts/data";
import { createHash } from "node:crypto";

export interface Fingerprint {
  /** Bytes, or tokens where they are more than a byte. */
  bytes: number;
  sha256: string;
}

/** Of larger data so many tokens are looked at, in pieces from everywhere: the whole would take minutes at every start. */
const mostTokens = 2 ** 30;
const pieces = 256;

/** @param step tokens read at once; of records, a multiple of their length */
export function fingerprint(source: TokenSource, step = 2 ** 20): Fingerprint {
  const hash = createHash("sha256");
  const whole = source.length <= mostTokens;
  const stride = whole ? step : Math.floor((source.length - step) / (pieces - 1));
  for (let start = 0; start < source.length; start += stride) {
    const tokens = source.read(start, Math.min(step, source.length - start));
    hash.update(tokens.some((token) => token > 255) ? tokens : Uint8Array.from(tokens));
  }
  return { bytes: source.length, sha256: hash.digest("hex") };
}
