/** Options that are right by themselves and wrong together. */
import { InputError } from "@reformer-ts/internal-checks";
import { bucketCount, mostBuckets } from "@reformer-ts/lsh";
import type { ReformerConfig } from "./config-schema";

/** @throws InputError for the first combination that cannot be */
export function checkCombinations(config: ReformerConfig, where: string): void {
  const refusals: [boolean, keyof ReformerConfig, string, string][] = [
    [
      config.numBuckets !== "auto" && [config.numBuckets].flat().some((factor) => factor % 2 !== 0),
      "numBuckets",
      JSON.stringify(config.numBuckets),
      "an even number or even factors: a bucket is a direction or its opposite",
    ],
    [
      config.numBuckets !== "auto" && bucketCount([config.numBuckets].flat()) > mostBuckets,
      "numBuckets",
      JSON.stringify(config.numBuckets),
      `${mostBuckets} buckets at most`,
    ],
    [
      config.routing === "strict" && config.chunksAfter > 0,
      "chunksAfter",
      `${config.chunksAfter} with strict routing`,
      "0, because a token must not depend on later ones",
    ],
    [
      config.routing === "strict" && config.fullAttentionThreshold > 0,
      "fullAttentionThreshold",
      `${config.fullAttentionThreshold} with strict routing`,
      "0, because a token must not depend on how many follow it",
    ],
    [
      config.positions === "fixedBase" && config.dModel % config.fixedBaseDigits !== 0,
      "fixedBaseDigits",
      String(config.fixedBaseDigits),
      `a divisor of dModel = ${config.dModel}`,
    ],
    [
      config.positions === "rotary" && config.dHead % 2 !== 0,
      "dHead",
      `${config.dHead} with rotary positions`,
      "even, because coordinates are turned in pairs",
    ],
    [
      config.tieEmbeddings && config.head !== "tokens",
      "tieEmbeddings",
      `true with a ${config.head} head`,
      "false, unless tokens are predicted",
    ],
  ];
  const found = refusals.find(([applies]) => applies);
  if (found === undefined) return;
  const [, key, given, allowed] = found;
  throw new InputError({ field: `${where}.${key}`, given, allowed });
}
