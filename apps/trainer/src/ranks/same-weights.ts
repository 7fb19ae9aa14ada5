/** Processes that begin with different weights would train different models without ever noticing. */
import { InputError } from "@reformer-ts/internal-checks";
import { type Parameters, readParameters } from "@reformer-ts/model";
import { createHash } from "node:crypto";
import type { Ranks } from "./ranks";

/** @throws InputError when this process' weights are not those of the first one */
export async function requireSameWeights(
  parameters: Parameters,
  { rank, count, sum }: Pick<Ranks, "rank" | "count" | "sum">,
): Promise<void> {
  if (count === 1) return;
  const mine = await fingerprint(parameters);
  const [first] = sum([rank === 0 ? mine : 0]);
  if (mine === first) return;
  throw new InputError({
    field: "the run's checkpoint",
    given: "of other weights than the first process has",
    allowed: "the same for all: the run's folder must be one that every machine sees",
  });
}

/** 48 bits of the weights' sha256, which a double holds exactly. */
async function fingerprint(parameters: Parameters): Promise<number> {
  const hash = createHash("sha256");
  for (const [name, { data }] of Object.entries(await readParameters(parameters))) {
    hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest().readUIntBE(0, 6);
}
