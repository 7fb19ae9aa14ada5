/**
 * A program of its own, `node bench-step.js <StepSpec as JSON>`: measures training steps and prints a line of JSON. In a
 * process of its own, because a process's peak memory never falls.
 */
import { isInputError } from "@reformer-ts/internal-checks";
import { measureStep } from "./measure-step";
import type { StepOutcome } from "./step-spec";

const outcome: StepOutcome = await measureStep(JSON.parse(process.argv[2]!)).catch((error: unknown) => {
  if (isInputError(error)) return { refused: error.message };
  throw error;
});
process.stdout.write(`${JSON.stringify(outcome)}\n`);
