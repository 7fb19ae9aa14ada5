/** Serves the page: from its sources, for development, or built, as any static host would. */
import { pnpm, step } from "./process.mjs";

const inPage = (...words) => pnpm("--filter", "@reformer-ts/playground", "run", ...words);
const installed = () => step("install", () => pnpm("install", "--frozen-lockfile"));

export async function playground(words) {
  if (!(await installed())) return 1;
  return inPage("dev", ...words);
}

/** Once it is built, nothing comes from a network. */
export async function preview(words) {
  if (!(await installed()) || !(await step("build the page", () => inPage("build")))) return 1;
  return inPage("preview", ...words);
}
