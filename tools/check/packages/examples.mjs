/** The examples as a reader takes them: a folder copied out, its packages installed, `npm start`. */
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freshFolder, root, run } from "./folders.mjs";

/** @param tarballs dependencies that take the packed libraries, in place of what npm has */
export async function examples(tarballs, row) {
  const folder = join(root, "examples");
  const names = readdirSync(folder).filter((name) => existsSync(join(folder, name, "package.json")));
  for (const name of names) {
    await row(`example ${name}, copied out`, async () => {
      const cwd = freshFolder(`example-${name}`);
      cpSync(join(folder, name), cwd, { recursive: true, filter: (path) => !path.includes("node_modules") });
      const manifest = JSON.parse(readFileSync(join(cwd, "package.json"), "utf8"));
      // A library's own dependencies among these packages come from tarballs as well.
      const dependencies = { ...manifest.dependencies, ...tarballs };
      writeFileSync(join(cwd, "package.json"), JSON.stringify({ ...manifest, dependencies }));
      await run("npm", ["install", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"], {
        cwd,
      });
      const printed = await run("npm", ["start", "--silent"], { cwd });
      return printed.trim().split("\n").at(-1);
    });
  }
}
