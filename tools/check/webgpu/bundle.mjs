/** The page's script, in one piece. The contracts come from tests, whose runner stays outside. */
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const withoutVitest = {
  name: "without-vitest",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^vitest$/ }, () => ({ path: "vitest", namespace: "absent" }));
    onLoad({ filter: /.*/, namespace: "absent" }, () => ({
      contents: "export const describe = {}, test = {}, expect = { extend() {} };",
    }));
  },
};

/** @returns the script's text */
export async function bundlePage() {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("page.ts", import.meta.url))],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2022",
    conditions: ["reformer-ts-source"],
    define: { "process.env": "{}" },
    plugins: [withoutVitest],
    logLevel: "error",
  });
  return outputFiles[0].text;
}
