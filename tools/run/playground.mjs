/** Serves the page from its sources. */
import { pnpm, step } from "./process.mjs";

export async function playground(words) {
  if (!(await step("install", () => pnpm("install", "--frozen-lockfile")))) return 1;
  return pnpm("--filter", "@reformer-ts/playground", "run", "dev", ...words);
}
