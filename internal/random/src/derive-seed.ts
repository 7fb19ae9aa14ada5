/**
 * One seed, many independent streams.
 *
 * Everything random in the project is drawn from `deriveSeed(seed, ...path)`, where the path says what it is for
 * (`"rotations", layer, round`): a stream depends on its path alone, never on what was drawn before it. So a resumed
 * run equals an uninterrupted one, and the first two of four hash rounds are the two rounds of a shorter run.
 */

export type SeedPath = readonly (string | number)[];

/** A 32-bit seed for one purpose. Numbers in the path must be integers. */
export function deriveSeed(seed: number, ...path: SeedPath): number {
  let hash = mix(seed >>> 0, 0x9e3779b9);
  hash = mix(hash, Math.floor(seed / 0x100000000) >>> 0);
  for (const part of path) {
    if (typeof part === "number") {
      hash = mix(mix(hash, 0x6e), part >>> 0);
    } else {
      hash = mix(hash, 0x73);
      for (let i = 0; i < part.length; i++) hash = mix(hash, part.charCodeAt(i));
    }
  }
  return finish(hash);
}

/** One block of MurmurHash3 (Appleby, public domain). */
function mix(hash: number, block: number): number {
  let k = Math.imul(block, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const h = hash ^ k;
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

function finish(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
