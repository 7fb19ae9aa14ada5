import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { InputError } from "@reformer-ts/internal-checks";

import { lastComplaint, runCommand } from "./run-command";

/**
 * Loads every library of its arguments. `process.dlopen` then misses an addon's entry point, which is how success
 * looks here; and a few libraries want the driver's own `libcuda`, which no wheel can bring.
 */
const SCRIPT = `
const failures = process.argv.slice(1).flatMap((path) => {
  try {
    process.dlopen({ exports: {} }, path);
    return [];
  } catch ({ message }) {
    return /did not self-register|libcuda\\.so\\.1/.test(message) ? [] : [message];
  }
});
process.stdout.write("\\n" + JSON.stringify(failures) + "\\n");
`;

/**
 * TensorFlow asks for CUDA only once there is a driver, so without one a damaged library would go unnoticed.
 *
 * @param libraries the folder that holds `tensorflow` and `nvidia/*`
 * @returns how many were loaded
 * @throws InputError naming the first that cannot be
 */
export async function proveCudaLibraries(libraries: string): Promise<number> {
  const names = await readdir(join(libraries, "nvidia"), { recursive: true });
  const paths = names
    .filter((name) => /\/lib\/[^/]+\.so(\.\d+)*$/.test(name))
    .map((name) => join(libraries, "nvidia", name));
  const outcome = await runCommand(process.execPath, ["-e", SCRIPT, ...paths], { timeout: 180_000 });
  const failures =
    outcome.code === 0
      ? (JSON.parse(outcome.stdout.trim().split("\n").at(-1)!) as string[])
      : [lastComplaint(outcome)];
  if (failures.length > 0) {
    throw new InputError({
      field: "a CUDA library",
      given: `not loadable: ${failures[0]}`,
      allowed: `loadable; remove ${libraries} and install again`,
    });
  }
  return paths.length;
}
