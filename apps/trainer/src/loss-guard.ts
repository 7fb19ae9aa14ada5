/** Stops a run whose loss has left for good, while the last good checkpoint is still among those that are kept. */
import { InputError } from "@reformer-ts/internal-checks";

/** A model that knows nothing loses ln(vocabSize); far above that it is surer than ever, of what is wrong. */
const blindGuesses = 2;
/** Single bad steps happen and heal. */
const patience = 5;

const advice =
  "training stopped, and what was saved before is kept; resume with a lower --learning-rate, a longer --warmup or --clip-norm 1";

export interface LossGuard {
  /** @throws InputError when a figure is no number, or the loss has been beyond all bounds for several steps */
  check(step: number, loss: number, norm: number | null): void;
}

export function lossGuard(vocabSize: number): LossGuard {
  const bound = blindGuesses * Math.log(vocabSize);
  let beyond = 0;
  return {
    check(step, loss, norm) {
      requireFinite("loss", loss, step);
      if (norm !== null) requireFinite("gradient", norm, step);
      beyond = loss > bound ? beyond + 1 : 0;
      if (beyond < patience) return;
      throw new InputError({
        field: `the loss of step ${step}`,
        given: `${loss.toFixed(2)}, the ${patience}th in a row above ${bound.toFixed(2)}`,
        allowed: `at most twice that of a blind guess: it explodes; ${advice}`,
      });
    },
  };
}

function requireFinite(what: string, value: number, step: number): void {
  if (Number.isFinite(value)) return;
  throw new InputError({
    field: `the ${what} of step ${step}`,
    given: String(value),
    allowed: `a number: ${advice}`,
  });
}
