/** How far from a reference still counts as the same. */
import type { CaseErrors } from "./run-case";

/** How far an answer may be from a golden case. */
export const tolerances = { outputs: 1e-5, loss: 1e-4, gradients: 1e-4, losses: 1e-4 } as const;

export type Measured = keyof typeof tolerances;

/** What of a case lies beyond tolerance; what it has nothing to compare with does not. */
export function beyondTolerance(errors: CaseErrors): Measured[] {
  const measured = Object.keys(tolerances) as Measured[];
  return measured.filter((name) => (errors[name] ?? 0) > tolerances[name]);
}
