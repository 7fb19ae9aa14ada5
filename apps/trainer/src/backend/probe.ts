/**
 * A program of its own, `node probe.js <backend>`: opens one backend, measures it, prints what it found as JSON.
 *
 * `reformer doctor` runs one for each backend, so that a driver that crashes takes nothing else with it.
 */
import type { BackendName, OpenedBackend } from "./backends";
import { measureMatMul, type MatMulRate } from "./measure-mat-mul";
import { kernelsFor, openExactly } from "./open-backend";

export type ProbeResult =
  | ({ works: true; rate: MatMulRate; kernels?: string } & Omit<
      OpenedBackend,
      "why" | "kernels" | "tensorflow"
    >)
  | { works: false; reason: string; remedy: string };

const opening = await openExactly(process.argv[2] as BackendName);
let result: ProbeResult;
if (opening.works) {
  const { tensorflow: _, ...backend } = opening.backend;
  const kernels = await kernelsFor(opening.backend, {});
  result = { works: true, ...backend, kernels: kernels.why, rate: await measureMatMul() };
} else {
  result = opening;
}
process.stdout.write(`\n${JSON.stringify(result)}\n`, () => process.exit(0));
