import { createRequire } from "node:module";
import { use } from "./use.mjs";
// Node 23 removed what tfjs-node 4.22 still calls.
const util = createRequire(import.meta.url)("node:util");
util.isNullOrUndefined ??= (value) => value === null || value === undefined;
const { default: tf } = await import("@tensorflow/tfjs-node");
console.log(await use(tf, { gradients: true }));
