/** Python environments of the peers, in the user's cache: made when they are missing, with exact versions. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

export const environments = {
  torch: ["torch==2.15.0", "transformers==5.23.0", "reformer-pytorch==1.4.4", "numpy==2.4.6", "setuptools"],
  // The last jax that trax works with, and what fits it; reaches up to Python 3.11.
  trax: ["setuptools<70", "numpy<1.24", "scipy<1.11", "jax==0.4.13", "jaxlib==0.4.13", "trax==1.4.1"],
};

const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "reformer-ts/peers");

/** @returns the path of the environment's Python */
export function pythonOf(name) {
  const python = join(folder, name, "bin/python");
  if (existsSync(python)) return python;
  const base = name === "trax" ? "python3.11" : "python3";
  console.error(`Making ${join(folder, name)}: ${environments[name].join(" ")}`);
  const run = (program, words) => execFileSync(program, words, { stdio: ["ignore", 2, 2] });
  run(base, ["-m", "venv", join(folder, name)]);
  run(python, ["-m", "pip", "install", "--quiet", ...environments[name]]);
  return python;
}
