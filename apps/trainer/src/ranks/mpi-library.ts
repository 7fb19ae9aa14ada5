/**
 * The system's MPI, found by name and called through koffi. There are two families, which differ in what a handle is: Open MPI's
 * are addresses of objects that the library exports, MPICH's (and Intel's, Cray's, MVAPICH's) are numbers fixed for ever.
 */
import { InputError } from "@reformer-ts/internal-checks";
import type { LibraryHandle } from "koffi";
import type { MpiFamily } from "./launched";

type Koffi = typeof import("koffi");
type CFunction = ReturnType<LibraryHandle["func"]>;

export interface MpiLibrary {
  koffi: Koffi;
  family: MpiFamily;
  file: string;
  /** As it names itself, such as `Open MPI v4.1.4`. */
  version: string;
  func(name: string, parameters: string): CFunction;
  /** C's type of a handle. */
  handle: "void *" | "int";
  world: unknown;
  float: unknown;
  double: unknown;
  sum: unknown;
  inPlace: bigint;
}

const names: Record<MpiFamily, readonly string[]> = {
  openmpi: ["libmpi.so.40", "libmpi.so.80", "libmpi.so.20", "libmpi.dylib", "libmpi.so"],
  mpich: ["libmpich.so.12", "libmpi.so.12", "libmpich.so", "libmpi.12.dylib"],
};

/** Handles of the ABI that MPICH and its kin have agreed on. */
const mpichAbi = { world: 0x44000000, float: 0x4c00040a, double: 0x4c00080b, sum: 0x58000003, inPlace: -1n };

/**
 * Libraries must stay loaded: what they exported is called until the process ends.
 *
 * @param prefer the family to look for first
 * @param file a library to take instead of looking for one
 * @throws InputError when there is none, or it cannot be loaded
 */
export async function openMpi(prefer: MpiFamily, file?: string): Promise<MpiLibrary> {
  const koffi = await loadKoffi();
  const families: MpiFamily[] = prefer === "openmpi" ? ["openmpi", "mpich"] : ["mpich", "openmpi"];
  const candidates = file === undefined ? families.flatMap((family) => names[family]) : [file];
  for (const candidate of candidates) {
    const library = tryLoad(koffi, candidate);
    if (library !== null) return describe(koffi, candidate, library);
  }
  throw new InputError({
    field: "MPI",
    given: file === undefined ? "not installed" : `${file}, which cannot be loaded`,
    allowed: "Open MPI or MPICH, such as Debian's libopenmpi3 or libmpich12; REFORMER_MPI names another file",
  });
}

async function loadKoffi(): Promise<Koffi> {
  try {
    const { default: koffi } = await import("koffi");
    return koffi as unknown as Koffi;
  } catch (error) {
    throw new InputError(
      {
        field: "the package koffi",
        given: "missing",
        allowed: "installed, to call MPI: npm install koffi",
      },
      { cause: error },
    );
  }
}

/** Open MPI loads its parts as plug-ins, which look for its symbols among the global ones. */
function tryLoad(koffi: Koffi, file: string): LibraryHandle | null {
  try {
    return koffi.load(file, { global: true });
  } catch {
    return null;
  }
}

function describe(koffi: Koffi, file: string, library: LibraryHandle): MpiLibrary {
  const symbol = (name: string): unknown => {
    try {
      return library.symbol(name);
    } catch {
      return null;
    }
  };
  const world = symbol("ompi_mpi_comm_world");
  const shared = {
    koffi,
    file,
    version: versionOf(library),
    func: (name: string, parameters: string) => library.func(`int ${name}(${parameters})`),
  };
  if (world === null) return { ...shared, family: "mpich", handle: "int", ...mpichAbi };
  return {
    ...shared,
    family: "openmpi",
    handle: "void *",
    world,
    float: symbol("ompi_mpi_float"),
    double: symbol("ompi_mpi_double"),
    sum: symbol("ompi_mpi_op_sum"),
    inPlace: 1n,
  };
}

/** May be asked before MPI is begun. */
function versionOf(library: LibraryHandle): string {
  const [text, length] = [Buffer.alloc(8192), new Int32Array(1)];
  library.func("int MPI_Get_library_version(void *, void *)")(text, length);
  const [first = ""] = text.toString("utf8", 0, length[0]).split("\n");
  return first
    .replace(/,.*/, "")
    .replace(/\s+/g, " ")
    .replace("MPICH Version:", "MPICH")
    .replaceAll("\0", "")
    .trim();
}
