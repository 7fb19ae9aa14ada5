/** A layer that runs as one kernel where the running backend has it, and as composed ops elsewhere. */
import type { Residual } from "@reformer-ts/reversible";

/** @param fits asked anew for every pass, because backends come and go while a model stays */
export function preferFused(fits: () => boolean, fused: Residual, composed: Residual): Residual {
  const choose = () => (fits() ? fused : composed);
  return {
    get inPlace() {
      return choose().inPlace;
    },
    forward: (x, seed) => choose().forward(x, seed),
    forwardAndGrad: (x, dy, saved, seed, sink) => choose().forwardAndGrad(x, dy, saved, seed, sink),
    keep: (x, seed) => choose().keep(x, seed),
  };
}
