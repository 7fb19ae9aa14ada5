/** Folders and programs that every part of the check uses. */
import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const root = fileURLToPath(new URL("../../..", import.meta.url));
export const sources = fileURLToPath(new URL("projects", import.meta.url));
export const work = join(tmpdir(), "reformer-ts-check-packages");
export const libraries = ["lsh", "reversible", "data", "model"];

const execute = promisify(execFile);

/** Runs a program to its end and gives its stdout; what went wrong is an Error with all that it printed. */
export async function run(program, args, { cwd = root, env = {} } = {}) {
  try {
    const { stdout } = await execute(program, args, {
      cwd,
      env: { ...process.env, ...env },
      maxBuffer: 1 << 26,
    });
    return stdout;
  } catch (error) {
    const printed = `${error.stdout ?? ""}${error.stderr ?? ""}`.trim().split("\n").slice(-60).join("\n");
    throw new Error(`${program} ${args.join(" ")} failed in ${cwd}:\n${printed}`, { cause: error });
  }
}

/** An empty folder outside of the repository. */
export function freshFolder(name) {
  const folder = join(work, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** A project of a stranger: the named files of `projects/` beside a package.json of its own, installed by npm. */
export async function project(name, { files, dependencies, type = "module" }) {
  const folder = freshFolder(name);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name, private: true, type, dependencies }));
  for (const [to, from] of Object.entries(files)) {
    writeFileSync(join(folder, to), readFileSync(join(sources, from)));
  }
  await run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"], {
    cwd: folder,
  });
  return folder;
}

/** How many copies of a package were installed. */
export function copiesOf(folder, name) {
  const modules = readdirSync(join(folder, "node_modules"), { recursive: true });
  return modules.filter((path) => path === name || path.endsWith(`node_modules/${name}`)).length;
}
