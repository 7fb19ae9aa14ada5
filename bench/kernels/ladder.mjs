/**
 * The ladder of the product under all WebAssembly kernels, 64 x 64 times 64 x 64, on one thread:
 *
 *     node --experimental-wasm-relaxed-simd bench/kernels/ladder.mjs
 *
 * From Node 22 on without the flag. The last rung is the one that ships.
 */
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { assemble } from "../../internal/wasm/compile.mjs";

const size = 64;
const work = 2 * size ** 3;
const entry = fileURLToPath(new URL("assembly/ladder.ts", import.meta.url));

console.log(`${cpus()[0].model}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}; GFLOP/s`);
const table = {};
for (const [build, flags] of [
  ["SIMD", []],
  ["relaxed SIMD", ["--enable", "relaxed-simd"]],
]) {
  const binary = await assemble(entry, flags);
  if (!WebAssembly.validate(binary)) continue;
  const memory = new WebAssembly.Memory({ initial: 16 });
  new Float32Array(memory.buffer).forEach((_, i, all) => (all[i] = Math.sin(i)));
  const { exports } = await WebAssembly.instantiate(await WebAssembly.compile(binary), { env: { memory } });
  const [a, b, c, row] = [1 << 16, 2 << 16, 3 << 16, 4 * size];
  const strided = [size, size, size, a, row, 4, b, row, c, row, 0];
  const rungs = {
    "v1 single numbers": () => exports.single(...strided),
    "v2 vectors, sums in memory": () => exports.rows(size, a, b, c),
    "v3 vectors, one sum in a register": () => exports.columns(...strided),
    "v4 tiles of 4 x 12 in registers: ships": () => exports.product(...strided),
  };
  for (const [name, run] of Object.entries(rungs)) (table[name] ??= {})[build] = rate(run).toFixed(1);
}
const builds = ["SIMD", "relaxed SIMD"];
console.log(`| version | ${builds.join(" | ")} |\n| --- | --- | --- |`);
for (const [name, rates] of Object.entries(table)) {
  console.log(`| ${name} | ${builds.map((build) => rates[build] ?? "not known here").join(" | ")} |`);
}

function rate(run) {
  for (let i = 0; i < 500; i++) run();
  let best = Infinity;
  for (let repeat = 0; repeat < 20; repeat++) {
    const start = performance.now();
    for (let i = 0; i < 50; i++) run();
    best = Math.min(best, (performance.now() - start) / 50);
  }
  return work / best / 1e6;
}
