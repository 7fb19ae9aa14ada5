/** What docs/performance.md is made of: specs of the trainer's `bench-step.js`, by experiment. */

/** The shape of google/reformer-crime-and-punishment. */
const shape = {
  depth: 6,
  numHashes: 1,
  attention: ["local", "lsh"],
  backend: "tensorflow",
  kernels: "fused",
  memory: "auto",
  steps: null,
};
const all = { keepLayers: 6, headByHead: false };
const none = { keepLayers: 0, headByHead: false };

/** Every one as `[name of the row, spec]`. */
export const experiments = {
  ladder: [4096, 16_384, 65_536, 262_144, 2_097_152, 4_194_304].map((length) => [
    String(length),
    // Of a million tokens on, a step takes minutes, and whatever there is of memory may be needed.
    { ...shape, length, ...(length > 1_048_576 ? { memory: "min" } : {}) },
  ]),
  depth: [6, 12, 24, 96, 384, 1000].map((depth) => [
    String(depth),
    { ...shape, depth, length: 4096, memory: "min", steps: 0 },
  ]),
  rounds: [1, 2, 4, 8].flatMap((numHashes) =>
    [4096, 65_536].map((length) => [`${length} ${numHashes}`, { ...shape, numHashes, length, steps: 3 }]),
  ),
  operations: [["65536", { ...shape, length: 65_536, clock: true }]],
  versions: [
    ["plain ops, all recomputed", { kernels: "composed", plan: none }],
    ["plain ops, all kept", { kernels: "composed", plan: all }],
    ["native kernels, all recomputed, head by head", { plan: { ...none, headByHead: true } }],
    ["native kernels, all recomputed", { plan: none }],
    ["native kernels, all kept", { plan: all }],
  ].map(([name, how]) => [name, { ...shape, length: 65_536, steps: 1, ...how }]),
  million: [["1048576", { ...shape, length: 1_048_576, memory: "8GB", steps: 0, watch: true }]],
};
