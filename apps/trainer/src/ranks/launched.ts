/** Whether a launcher of MPI started this process, as one of several. It is asked before any library is loaded. */

/** What launchers tell their processes: how many there are, and whose library that is. */
const launchers = [
  { size: "OMPI_COMM_WORLD_SIZE", family: "openmpi" },
  // MPICH's Hydra, and Slurm with PMI-2.
  { size: "PMI_SIZE", family: "mpich" },
] as const;

export type MpiFamily = "openmpi" | "mpich";

export interface Launched {
  /** Processes of the job. */
  size: number;
  /** Whose library the launcher belongs to. */
  family: MpiFamily;
}

/** Null for a process of its own, whoever started it. */
export function launchedBy(environment: NodeJS.ProcessEnv): Launched | null {
  for (const { size, family } of launchers) {
    const count = Number(environment[size] ?? 0);
    if (count > 1) return { size: count, family };
  }
  // Slurm with PMIx speaks Open MPI's language; without srun there is no rank, however large the allocation.
  const tasks = Number(environment["SLURM_STEP_NUM_TASKS"] ?? environment["SLURM_NTASKS"] ?? 0);
  return environment["PMIX_RANK"] !== undefined && tasks > 1 ? { size: tasks, family: "openmpi" } : null;
}
