import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** As in apps/trainer/src/backend/startable.ts, which says why: on Windows npm is a batch file. */
export function startable(file, parameters, platform = process.platform) {
  if (platform !== "win32" || !["npm", "npx"].includes(file)) return { file, parameters, shell: false };
  const words = [`${file}.cmd`, ...parameters.map((word) => `"${word}"`)];
  return { file: words.join(" "), parameters: [], shell: true };
}

/** Runs a program in the repository's root with its output shown; resolves to its exit code. */
export function run(program, args, { env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const how = startable(program, args);
    const child = spawn(how.file, how.parameters, {
      cwd: root,
      stdio: "inherit",
      env: { ...process.env, ...env },
      shell: how.shell,
    });
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(signal ? 1 : code));
  });
}

/** Runs the pnpm that package.json pins; npm brings it when it is not there yet. */
export function pnpm(...args) {
  const { packageManager } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  return run("npm", ["exec", "--yes", `--package=${packageManager}`, "--", "pnpm", ...args], {
    env: { TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1" },
  });
}

/** Runs one step under a heading; returns whether it succeeded. */
export async function step(title, work) {
  const started = Date.now();
  console.error(`\n── ${title}`);
  const code = await work();
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.error(
    code === 0
      ? `── ${title}: done in ${seconds} s`
      : `── ${title}: FAILED (exit ${code}) after ${seconds} s`,
  );
  return code === 0;
}
