/** Tarballs as they would be published: `workspace:` and `catalog:` are versions in them. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { freshFolder, libraries, root, run } from "./folders.mjs";

/** @returns dependencies of a project that takes the tarballs: name to `file:` path */
export async function pack() {
  const folder = freshFolder("tarballs");
  for (const path of [...libraries.map((name) => `packages/${name}`), "apps/trainer"]) {
    await run("pnpm", ["pack", "--pack-destination", folder], { cwd: join(root, path) });
  }
  return Object.fromEntries(
    readdirSync(folder).map((file) => [
      `@reformer-ts/${/^reformer-ts-([a-z]+)-/.exec(file)[1]}`,
      `file:${join(folder, file)}`,
    ]),
  );
}
