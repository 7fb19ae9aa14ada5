/** Who is timed, and how each is started. Each prints a line of JSON with `seconds` of every step and `peakBytes`. */
import { fileURLToPath } from "node:url";
import { pythonOf } from "./environments.mjs";

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const ours = fileURLToPath(new URL("../../apps/trainer/dist/bench-step.js", import.meta.url));

export const contestants = {
  "reformer-ts": (length) => [
    process.execPath,
    ours,
    JSON.stringify({
      length,
      depth: 6,
      numHashes: 1,
      attention: ["local", "lsh"],
      backend: "tensorflow",
      kernels: "fused",
      // As anybody gets it: at most 8 GB, which is no more than the others take of a quarter of a million tokens.
      memory: "auto",
      steps: null,
    }),
  ],
  transformers: (length) => [pythonOf("torch"), here("transformers_step.py"), String(length)],
  "reformer-pytorch": (length) => [pythonOf("torch"), here("reformer_pytorch_step.py"), String(length)],
  trax: (length) => [pythonOf("trax"), here("trax_step.py"), String(length)],
};
