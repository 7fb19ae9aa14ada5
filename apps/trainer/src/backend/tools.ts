import { InputError } from "@reformer-ts/internal-checks";

import { runCommand } from "./run-command";

/** The programs of the user's machine that an install needs, looked for before anything is downloaded. */
export interface Tools {
  python: string;
  npm: string;
  compiler: string;
}

const UNTIL_THEN = "until then training runs on the WASM backend";

/** @throws InputError naming the first program that is missing, and what happens instead */
export async function findTools(environment: NodeJS.ProcessEnv = process.env): Promise<Tools> {
  const python = await firstThatRuns(
    [environment["PYTHON"], "python3", "python"],
    ["--version"],
    environment,
  );
  if (python === undefined) {
    throw new InputError({
      field: "Python 3",
      given: "not on the PATH",
      allowed: `installed to fetch TensorFlow from PyPI (Debian, Ubuntu: apt install python3-pip); ${UNTIL_THEN}`,
    });
  }
  if ((await runCommand(python, ["-m", "pip", "--version"], { environment })).code !== 0) {
    throw new InputError({
      field: `pip of ${python}`,
      given: "missing",
      allowed: `installed to fetch TensorFlow from PyPI (Debian, Ubuntu: apt install python3-pip); ${UNTIL_THEN}`,
    });
  }
  const compiler = await findCompiler(environment);
  if (compiler === undefined) {
    throw new InputError({
      field: "a C++ compiler (c++, g++ or clang++)",
      given: "not on the PATH",
      allowed: `installed to build the TensorFlow binding (Debian, Ubuntu: apt install g++); ${UNTIL_THEN}`,
    });
  }
  const npm = await firstThatRuns(["npm"], ["--version"], environment);
  if (npm === undefined) {
    throw new InputError({
      field: "npm",
      given: "not on the PATH",
      allowed: `there to fetch @tensorflow/tfjs-node; ${UNTIL_THEN}`,
    });
  }
  return { python, npm, compiler };
}

export function findCompiler(environment: NodeJS.ProcessEnv = process.env): Promise<string | undefined> {
  return firstThatRuns([environment["CXX"], "c++", "g++", "clang++"], ["--version"], environment);
}

async function firstThatRuns(
  candidates: readonly (string | undefined)[],
  parameters: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  for (const candidate of candidates) {
    if (candidate && (await runCommand(candidate, parameters, { environment })).code === 0) return candidate;
  }
  return undefined;
}
