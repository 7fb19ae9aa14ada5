/** What `reformer bench` measures: every length of every series, the longest last, so that first lines come soon. */
import type { AttentionKind } from "@reformer-ts/model";
import type { StepOutcome, StepSpec } from "./step-spec";

/** Kinds of layers in turn, as `--attention` names them. */
export type Attention = "local+lsh" | AttentionKind;
export const attentions: readonly Attention[] = ["local+lsh", "lsh", "local", "full"];

/** What is drawn as one line. */
export interface Series {
  attention: Attention;
  depth: number;
  numHashes: number;
}

export interface Sweep {
  lengths: readonly number[];
  attention: readonly Attention[];
  depths: readonly number[];
  rounds: readonly number[];
}

/** A line of the result. */
export type BenchRow = Series & { length: number } & StepOutcome;

/** Only LSH hashes: other attention is measured once, whatever the rounds. */
export function seriesOf({ attention, depths, rounds }: Omit<Sweep, "lengths">): Series[] {
  return attention.flatMap((kind) =>
    depths.flatMap((depth) =>
      (kind.includes("lsh") ? rounds : rounds.slice(0, 1)).map((numHashes) => ({
        attention: kind,
        depth,
        numHashes,
      })),
    ),
  );
}

export function specOf(
  { attention, depth, numHashes }: Series,
  rest: Pick<StepSpec, "length" | "backend" | "kernels" | "memory" | "steps">,
): StepSpec {
  return { ...rest, depth, numHashes, attention: attention.split("+") as AttentionKind[] };
}

export function nameOf({ attention, depth, numHashes }: Series, all: readonly Series[]): string {
  const kind = {
    "local+lsh": "local and LSH",
    lsh: "LSH",
    local: "local",
    full: "full attention",
  }[attention];
  const several = (key: "depth" | "numHashes") => new Set(all.map((series) => series[key])).size > 1;
  return [
    kind,
    ...(several("numHashes") && attention.includes("lsh")
      ? [`${numHashes} round${numHashes > 1 ? "s" : ""}`]
      : []),
    ...(several("depth") ? [`${depth} layers`] : []),
  ].join(", ");
}
