import { InputError } from "@reformer-ts/internal-checks";
import { describe, expect, it } from "vitest";
import { agreedStop } from "./agreed-stop";
import type { Communicator } from "./communicator";
import { launchedBy } from "./launched";
import { located, OtherRankFailed, ranksOf } from "./ranks";

describe("launchedBy", () => {
  it.each([
    ["a shell", {}, null],
    ["mpirun of Open MPI", { OMPI_COMM_WORLD_SIZE: "4" }, { size: 4, family: "openmpi" }],
    ["mpirun of MPICH", { PMI_SIZE: "2", PMI_RANK: "0" }, { size: 2, family: "mpich" }],
    ["srun --mpi=pmix", { PMIX_RANK: "3", SLURM_NTASKS: "8" }, { size: 8, family: "openmpi" }],
    ["a shell inside of salloc -n 8", { SLURM_NTASKS: "8" }, null],
    ["mpirun -np 1", { OMPI_COMM_WORLD_SIZE: "1" }, null],
  ])("knows %s", (_, environment, launched) => {
    expect(launchedBy(environment)).toEqual(launched);
  });
});

/** One process of a job whose others never fail. */
const job = (rank: number, failing: readonly number[] = []): Communicator => ({
  rank,
  size: 4,
  version: "a fake",
  allocate: (length) => new Float32Array(length),
  beginSum: () => ({ isDone: () => true }),
  sum: (values) => values.map((value, i) => (failing.includes(i) && i !== rank ? 1 : value)),
  abort: () => {},
  close: () => {},
});
const refuse = async () => {
  throw new InputError({ field: "corpus", given: "missing", allowed: "there" });
};

describe("together", () => {
  it("returns what succeeds everywhere", async () => {
    expect(await ranksOf(job(2)).together(async () => 7)).toBe(7);
  });

  it("lets the first that failed speak, and the others be silent", async () => {
    await expect(ranksOf(job(1, [3])).together(refuse)).rejects.toThrow("corpus is missing");
    await expect(ranksOf(job(3, [1])).together(refuse)).rejects.toThrow(OtherRankFailed);
    await expect(ranksOf(job(0, [1])).together(async () => 7)).rejects.toThrow(OtherRankFailed);
  });

  it("says where an error happened when that is elsewhere", () => {
    const error = new InputError({ field: "corpus", given: "missing", allowed: "there" });
    expect(located(error, { rank: 0 })).toBe(error);
    expect(String(located(error, { rank: 2 }))).toMatch(
      /rank 2 on \S+: corpus is missing, but must be there\./,
    );
  });
});

it("counts the processes on its own machine", () => {
  const hosts = (own: number[]) => ({
    ...job(0),
    sum: ([mine]: readonly number[]) => own.map((same) => (same === 1 ? mine! : mine! + 1)),
  });
  expect(ranksOf(hosts([1, 0, 1, 0])).neighbours).toBe(2);
  expect(ranksOf(hosts([1, 1, 1, 1])).neighbours).toBe(4);
});

describe("agreedStop", () => {
  it("stops all after the step in which one heard a signal", () => {
    const own = { signal: null };
    const stop = agreedStop(own, { count: 2 });
    expect([stop.heard(), stop.signal]).toEqual([0, null]);
    stop.agree(agreedStop({ signal: "SIGTERM" }, { count: 2 }).heard());
    expect(stop.signal).toBe("SIGTERM");
  });

  it("is the process' own signal when there is one process", () => {
    const own: { signal: "SIGINT" | null } = { signal: null };
    const stop = agreedStop(own, { count: 1 });
    expect(stop.signal).toBe(null);
    own.signal = "SIGINT";
    expect(stop.signal).toBe("SIGINT");
  });
});
