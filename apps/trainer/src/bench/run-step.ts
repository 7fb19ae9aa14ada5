/** A measurement in a process of its own, whatever becomes of it. */
import { lastComplaint, runCommand } from "../backend/run-command";
import { packageFile } from "../package-file";
import type { StepOutcome, StepSpec } from "./step-spec";

export interface RunStepOptions {
  /** The built `step-process.ts`. */
  program?: string;
  /** How long it may take; what has not ended by then is refused. */
  minutes: number;
}

/** @throws Error when the process ends in a way that is nobody's choice */
export async function runStep(
  spec: StepSpec,
  { program = packageFile("dist/bench-step.js"), minutes }: RunStepOptions,
): Promise<StepOutcome> {
  const outcome = await runCommand(process.execPath, [program, JSON.stringify(spec)], {
    timeout: minutes * 60_000,
    environment: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3" },
  });
  if (outcome.code === 0) return JSON.parse(outcome.stdout.trim().split("\n").at(-1)!) as StepOutcome;
  if (outcome.signal === "SIGTERM") return { refused: `not done within ${minutes} minutes` };
  if (outcome.signal === "SIGKILL")
    return { refused: "ended by the system, which it does when memory is short" };
  throw new Error(`the process that measures ${spec.length} tokens failed: ${lastComplaint(outcome)}`);
}
