import { arch, availableParallelism, cpus, freemem, platform, release, totalmem } from "node:os";

import { isInputError } from "@reformer-ts/internal-checks";
import { openMpi } from "../ranks/mpi-library";
import { packageFile } from "../package-file";
import { BACKENDS, type BackendName } from "./backends";
import { cacheFolder } from "./cache-folder";
import type { ProbeResult } from "./probe";
import { lastComplaint, runCommand } from "./run-command";

export type DoctorRow = ProbeResult & {
  name: BackendName;
  /** Whether `--backend auto` takes this one. */
  isAuto: boolean;
};

export interface DoctorReport {
  node: string;
  system: string;
  cpu: string;
  cores: number;
  memoryBytes: number;
  freeMemoryBytes: number;
  cacheFolder: string;
  /** What `mpirun reformer train` would call. */
  mpi: { works: true; version: string; file: string } | { works: false; reason: string };
  backends: DoctorRow[];
}

/**
 * Tries every backend in a process of its own, one after another so that none slows the next.
 *
 * @param probeFile the built `probe.ts`
 */
export async function examine({
  probeFile = packageFile("dist/probe.js"),
  onProbe = () => undefined,
}: { probeFile?: string; onProbe?: (name: BackendName) => void } = {}): Promise<DoctorReport> {
  const results: { name: BackendName; result: ProbeResult }[] = [];
  for (const name of BACKENDS) {
    onProbe(name);
    results.push({ name, result: await probe(name, probeFile) });
  }
  const auto = results.find(({ result }) => result.works && !result.isSoftware)?.name;
  return {
    node: process.version,
    system: `${platform()}-${arch()} ${release()}`,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    freeMemoryBytes: freemem(),
    cacheFolder: cacheFolder(),
    mpi: await findMpi(),
    backends: results.map(({ name, result }) => ({ ...result, name, isAuto: name === auto })),
  };
}

/** Loads the library, and asks for nothing but its name. */
async function findMpi(): Promise<DoctorReport["mpi"]> {
  try {
    const { version, file } = await openMpi("openmpi", process.env["REFORMER_MPI"]);
    return { works: true, version, file };
  } catch (error) {
    if (isInputError(error)) return { works: false, reason: error.message };
    throw error;
  }
}

async function probe(name: BackendName, probeFile: string): Promise<ProbeResult> {
  const outcome = await runCommand(process.execPath, [probeFile, name], { timeout: 180_000 });
  const line = outcome.stdout.trim().split("\n").at(-1) ?? "";
  if (outcome.code === 0 && line.startsWith("{")) return JSON.parse(line) as ProbeResult;
  const end = outcome.signal === null ? `exit code ${outcome.code}` : outcome.signal;
  return {
    works: false,
    reason: `its process ended with ${end}: ${lastComplaint(outcome)}`,
    remedy: "`reformer backend install`, or --backend auto",
  };
}
