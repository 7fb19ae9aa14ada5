import { lastComplaint, runCommand } from "./run-command";

/** What a working tfjs-node said of itself after a matMul in a process of its own. */
export interface TensorflowProof {
  tfjs: string;
  tensorflow: string;
  usesGpu: boolean;
}

export type ProofOutcome = { works: true; proof: TensorflowProof } | { works: false; reason: string };

/**
 * Plain CommonJS that the child runs, kept as text so that it is found from sources and from a bundle alike.
 * Node 23 removed the two functions of `util` that tfjs-node 4.22 still calls.
 */
const SCRIPT = `
const util = require("node:util");
util.isNullOrUndefined ??= (value) => value === null || value === undefined;
util.isArray ??= Array.isArray;
const tf = require(process.argv[1]);
const ones = tf.ones([64, 64]);
const product = tf.matMul(ones, ones).dataSync();
if (!product.every((value) => value === 64)) throw new Error("a product of ones is not 64");
const backend = tf.backend();
process.stdout.write("\\n" + JSON.stringify({
  tfjs: tf.version["tfjs-node"], tensorflow: backend.binding.TF_Version, usesGpu: backend.isUsingGpuDevice,
}) + "\\n");
`;

/** Multiplies two matrices with a tfjs-node(-gpu) in a child process, which may crash without harm. */
export async function proveTensorflow(packageFolder: string): Promise<ProofOutcome> {
  const environment = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3" };
  const outcome = await runCommand(process.execPath, ["-e", SCRIPT, packageFolder], {
    environment,
    timeout: 180_000,
  });
  if (outcome.code !== 0) return { works: false, reason: lastComplaint(outcome) };
  const proof = JSON.parse(outcome.stdout.trim().split("\n").at(-1)!) as TensorflowProof;
  return { works: true, proof };
}
