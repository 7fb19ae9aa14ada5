import type { Options } from "tsup";

/** How every published library is built: ESM with types, the private helpers of `internal/` bundled in. */
export function library(entry: Record<string, string> = { index: "src/index.ts" }): Options {
  return {
    entry,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    sourcemap: true,
    clean: true,
    // Rollup's pass makes one import of tfjs out of each source file's own: two hundredths less to download.
    treeshake: true,
    noExternal: [/^@reformer-ts\/internal-/],
    // As sources and not as a library's, their types are written out as well: who installs the package has no other.
    dts: {
      compilerOptions: {
        customConditions: [],
        noEmit: false,
        paths: { "@reformer-ts/internal-*": ["../../internal/*/src/index.ts"] },
      },
    },
  };
}
