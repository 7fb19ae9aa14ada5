/**
 * `pnpm check:kernels`: every kernel of every backend that can be had here on 200 random cases, instead of the 25 of
 * `pnpm test`.
 *
 *     node tools/check/kernels.mjs [runs] [arguments of vitest]
 */
import { pnpm } from "../run/process.mjs";

const [runs = "200", ...vitestArguments] = process.argv.slice(2);
process.env.REFORMER_KERNEL_RUNS = runs;
const suites = [
  "packages/lsh/test/kernels",
  "packages/model/test/kernels",
  "apps/trainer/test/webgpu.test.ts",
];
process.exitCode = await pnpm("exec", "vitest", "run", ...suites, ...vitestArguments);
