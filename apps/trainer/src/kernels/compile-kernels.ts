/**
 * Compiles the native kernels for this very processor.
 *
 * The result lives in the user's cache under a name that says what it was made from: sources, flags and processor. So
 * an update of the trainer compiles anew, and a cache that machines share holds one library for each kind of them.
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { cpus } from "node:os";
import { dirname, join } from "node:path";

import { NODE_API_LEVEL } from "../backend/node-package";
import { lastComplaint, runCommand } from "../backend/run-command";
import { exists, stage } from "../backend/stage";
import { findCompiler } from "../backend/tools";
import { packageFile } from "../package-file";

export interface TensorflowPlaces {
  /** Folder with TensorFlow's libraries and `include`. */
  home: string;
  packageFolder: string;
}

/** `-ffast-math` would break the rounding in `exponential`. */
const FLAGS = [
  "-shared",
  "-fPIC",
  "-std=c++17",
  "-O3",
  "-march=native",
  "-fno-math-errno",
  "-ffp-contract=fast",
  "-pthread",
  `-DNAPI_VERSION=${NODE_API_LEVEL}`,
];

/**
 * @returns the path of the library
 * @throws Error whose message says in one clause why there is none
 */
export async function compileKernels(
  { home, packageFolder }: TensorflowPlaces,
  { log = () => undefined }: { log?: (line: string) => void } = {},
): Promise<string> {
  const sources = await sourceFiles();
  const library = join(dirname(dirname(home)), "kernels", `${await keyOf(sources)}.node`);
  if (await exists(library)) return library;
  const compiler = await findCompiler();
  if (compiler === undefined) throw new Error("there is no C++ compiler (c++, g++ or clang++) on the PATH");
  log(`Compiling the native kernels with ${compiler}, once.`);
  await mkdir(dirname(library), { recursive: true });
  await stage(library, async (temporary) => {
    const headers = [join(packageFolder, "..", "..", "node-api-headers", "include"), join(home, "include")];
    const outcome = await runCommand(compiler, [
      ...FLAGS,
      ...headers.map((folder) => `-I${folder}`),
      ...sources.filter((file) => file.endsWith(".cc")),
      "-o",
      temporary,
      `-L${home}`,
      "-l:libtensorflow_framework.so.2",
    ]);
    if (outcome.code !== 0) throw new Error(`${compiler} refused the sources: ${lastComplaint(outcome)}`);
  });
  return library;
}

async function sourceFiles(): Promise<string[]> {
  const folder = packageFile("native/kernels");
  return (await readdir(folder)).toSorted().map((file) => join(folder, file));
}

async function keyOf(sources: readonly string[]): Promise<string> {
  const hash = createHash("sha256")
    .update(FLAGS.join(" "))
    .update(await processor());
  for (const file of sources) hash.update(await readFile(file));
  return hash.digest("hex").slice(0, 16);
}

/** What `-march=native` depends on. */
async function processor(): Promise<string> {
  const described = await readFile("/proc/cpuinfo", "utf8").catch(() => "");
  return /^(flags|Features)\s*:.*$/m.exec(described)?.[0] ?? cpus()[0]?.model ?? process.arch;
}
