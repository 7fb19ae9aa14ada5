/** Runs a script of the repository once everything is installed and built, with the pinned pnpm on its path. */
import { pnpm, step } from "./process.mjs";

export const built = (script) => async (words) => {
  const ready =
    (await step("install", () => pnpm("install", "--frozen-lockfile"))) &&
    (await step("build", () => pnpm("run", "build")));
  return ready ? pnpm("exec", "node", script, ...words) : 1;
};
