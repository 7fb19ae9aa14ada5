/** Which tokens are trained on and which are measured, for data that are one sequence. */
import { type Split, splitStandard, splitTail, type TokenSource } from "@reformer-ts/data";
import { InputError } from "@reformer-ts/internal-checks";
import type { RunConfig } from "../config/schema";

/** @throws InputError when a part would be empty, or is asked for that there is not */
export function splitSource(
  source: TokenSource,
  { split, part, heldOut }: Pick<RunConfig["data"], "split" | "part" | "heldOut">,
): Split {
  if (split === "standard") {
    const { train, validation, test } = splitStandard(source);
    return { train, heldOut: part === "test" ? test : validation };
  }
  requireOnePart({ part });
  return splitTail(source, { heldOut });
}

/** @throws InputError when a test part is asked for where one part alone is held out */
export function requireOnePart({ part }: Pick<RunConfig["data"], "part">): void {
  if (part === "validation") return;
  throw new InputError({
    field: "part",
    given: part,
    allowed: "validation, where one part is held out; split standard holds out two",
  });
}
