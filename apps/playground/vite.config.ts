import { fileURLToPath } from "node:url";
import {
  defaultClientConditions,
  defaultServerConditions,
  defineConfig,
  type Plugin,
  runnerImport,
} from "vite";

const root = fileURLToPath(new URL(".", import.meta.url));
/** The workspace's packages run from their sources. */
const source = "reformer-ts-source";

/** The page loads its own files and nothing else; WebAssembly may be compiled, text may not be evaluated. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** Without these a page gets no SharedArrayBuffer and no precise clock. */
const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

/** `virtual:first-picture`: computed here by the page's own code, so that nothing prepared is stored. */
function firstPicture(): Plugin {
  const id = "virtual:first-picture";
  return {
    name: "first-picture",
    resolveId: (asked) => (asked === id ? `\0${id}` : undefined),
    async load(asked) {
      if (asked !== `\0${id}`) return undefined;
      const { module } = await runnerImport<{ prepare: () => Promise<string> }>(
        `${root}src/chapters/lsh/prepare.ts`,
        {
          root,
          configFile: false,
          logLevel: "warn",
          resolve: { conditions: [source, ...defaultServerConditions] },
          environments: { inline: { resolve: { conditions: [source, ...defaultServerConditions] } } },
        },
      );
      return `export default JSON.parse(${JSON.stringify(await module.prepare())});`;
    },
  };
}

/** The policy as a tag: it holds on hosts where nobody can set headers. */
function policyTag(): Plugin {
  return {
    name: "policy-tag",
    apply: "build",
    transformIndexHtml: () => [
      {
        tag: "meta",
        attrs: { "http-equiv": "Content-Security-Policy", content: contentSecurityPolicy },
        injectTo: "head-prepend",
      },
    ],
  };
}

export default defineConfig({
  root,
  base: "./",
  plugins: [firstPicture(), policyTag()],
  resolve: { conditions: [source, ...defaultClientConditions] },
  worker: { format: "es" },
  // Files as files: the policy lets nothing be fetched from an address that holds its data.
  build: {
    assetsInlineLimit: 0,
    target: "es2022",
    chunkSizeWarningLimit: 2000,
    modulePreload: { polyfill: false },
  },
  server: { headers: isolation },
  preview: { headers: { ...isolation, "Content-Security-Policy": contentSecurityPolicy } },
});
