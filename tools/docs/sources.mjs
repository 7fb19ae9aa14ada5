/** Which file of the repository is which page of the site, in the order of the menu. */
export const menu = [
  {
    text: "Begin",
    items: [
      ["Getting started", "tools/docs/pages/getting-started.md", "getting-started.md"],
      ["Examples", "examples/README.md", "examples.md"],
      ["The trainer, command by command", "docs/trainer.md", "docs/trainer.md"],
      ["Troubleshooting", "tools/docs/pages/troubleshooting.md", "troubleshooting.md"],
      ["Playground", "tools/docs/pages/playground.md", "playground.md"],
    ],
  },
  {
    text: "Packages",
    items: [
      ["lsh", "packages/lsh/README.md", "packages/lsh.md"],
      ["reversible", "packages/reversible/README.md", "packages/reversible.md"],
      ["model", "packages/model/README.md", "packages/model.md"],
      ["data", "packages/data/README.md", "packages/data.md"],
      ["The reformer command", "apps/trainer/README.md", "packages/trainer.md"],
      ["About the playground", "apps/playground/README.md", "packages/playground.md"],
    ],
  },
  {
    text: "Ideas",
    items: [
      ["Architecture", "docs/architecture.md", "docs/architecture.md"],
      ["Hashing and its gradient", "docs/hashing.md", "docs/hashing.md"],
      ["Reversible layers", "docs/reversible.md", "docs/reversible.md"],
      ["The other gradients", "docs/gradients.md", "docs/gradients.md"],
      ["Strict routing", "docs/routing.md", "docs/routing.md"],
      ["Kernels", "docs/kernels.md", "docs/kernels.md"],
      ["Kernels on WebGPU", "docs/kernels-webgpu.md", "docs/kernels-webgpu.md"],
      ["Decoding from caches", "docs/decoding.md", "docs/decoding.md"],
      ["Many machines", "docs/many-machines.md", "docs/many-machines.md"],
    ],
  },
  {
    text: "Measured",
    items: [
      ["Performance", "docs/performance.md", "docs/performance.md"],
      ["Results", "docs/results.md", "docs/results.md"],
      ["Verification", "docs/verification.md", "docs/verification.md"],
      ["Installed as strangers do", "docs/packages.md", "docs/packages.md"],
    ],
  },
  {
    text: "Coming from elsewhere",
    items: [
      ["From transformers", "docs/migrate/transformers.md", "docs/migrate/transformers.md"],
      ["From Trax", "docs/migrate/trax.md", "docs/migrate/trax.md"],
      ["From reformer-pytorch", "docs/migrate/reformer-pytorch.md", "docs/migrate/reformer-pytorch.md"],
      ["Features", "docs/features.md", "docs/features.md"],
      ["Checkpoints", "docs/checkpoints.md", "docs/checkpoints.md"],
    ],
  },
  { text: "Taking part", items: [["Contributing", "CONTRIBUTING.md", "contributing.md"]] },
];

/** Pages that are read in the repository alone; their links are followed too. */
export const besides = [
  "README.md",
  ".changeset/README.md",
  "tools/golden/README.md",
  "apps/trainer/assets/README.md",
];
