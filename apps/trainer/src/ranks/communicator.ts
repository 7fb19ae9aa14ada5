/** All processes of a job, and the one thing that they do together: sums. */
import { InputError } from "@reformer-ts/internal-checks";
import type { Launched } from "./launched";
import { type MpiLibrary, openMpi } from "./mpi-library";

export interface Communicator {
  readonly rank: number;
  readonly size: number;
  /** The library's name for itself. */
  readonly version: string;
  /** Memory that does not move while others write into it; it lives as long as the process. */
  allocate(length: number): Float32Array;
  /** Begins to replace `values`, which {@link allocate} made, by their sums over all processes. */
  beginSum(values: Float32Array): PendingSum;
  /** Sums of a few numbers over all processes, in double precision. */
  sum(values: readonly number[]): number[];
  /** Ends all processes of the job. */
  abort(code: number): void;
  /** To be called once, by all, when nothing is left to be said. */
  close(): void;
}

export interface PendingSum {
  /** Lets the exchange move on; whether it is done. */
  isDone(): boolean;
}

/** The library is only ever called from the main thread. */
const threadFunneled = 1;

/**
 * @throws InputError when there is no MPI, or not the launcher's
 */
export async function joinJob(launched: Launched, environment: NodeJS.ProcessEnv): Promise<Communicator> {
  const library = await openMpi(launched.family, environment["REFORMER_MPI"]);
  library.func("MPI_Init_thread", "void *, void *, int, void *")(
    null,
    null,
    threadFunneled,
    new Int32Array(1),
  );
  const [rank, size] = ["MPI_Comm_rank", "MPI_Comm_size"].map((name) => {
    const result = new Int32Array(1);
    library.func(name, `${library.handle}, void *`)(library.world, result);
    return result[0]!;
  }) as [number, number];
  if (size !== launched.size) {
    throw new InputError({
      field: "MPI",
      given: `${library.version} (${library.file}), which sees ${size} processes where the launcher started ${launched.size}`,
      allowed: "the library that belongs to the launcher; REFORMER_MPI names its file",
    });
  }
  return communicator(library, rank, size);
}

function communicator(library: MpiLibrary, rank: number, size: number): Communicator {
  const { koffi, handle, world, float, double, sum, inPlace } = library;
  const beginAllreduce = library.func(
    "MPI_Iallreduce",
    `void *, void *, int, ${handle}, ${handle}, ${handle}, void *`,
  );
  const test = library.func("MPI_Test", "void *, void *, void *");
  const allreduce = library.func("MPI_Allreduce", `void *, void *, int, ${handle}, ${handle}, ${handle}`);
  const abort = library.func("MPI_Abort", `${handle}, int`);
  const finalize = library.func("MPI_Finalize", "");
  // Statuses are ignored: MPICH writes that as 1, Open MPI as null.
  const ignored = library.family === "mpich" ? 1n : null;

  return {
    rank,
    size,
    version: library.version,
    allocate(length) {
      const memory: unknown = koffi.alloc("float", Math.max(1, length));
      return new Float32Array(koffi.view(memory, 4 * Math.max(1, length)), 0, length);
    },
    beginSum(values) {
      const request = new BigUint64Array(1);
      const flag = new Int32Array(1);
      beginAllreduce(inPlace, values, values.length, float, sum, world, request);
      let done = false;
      return {
        isDone() {
          if (!done) {
            test(request, flag, ignored);
            done = flag[0] !== 0;
          }
          return done;
        },
      };
    },
    sum(values) {
      const sums = Float64Array.from(values);
      allreduce(inPlace, sums, sums.length, double, sum, world);
      return [...sums];
    },
    abort: (code) => void abort(world, code),
    close: () => void finalize(),
  };
}
