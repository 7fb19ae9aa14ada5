import { createRequire } from "node:module";
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

/**
 * `virtual:prepared/CHAPTER` and `virtual:prepared/CHAPTER/PART`: what a chapter shows before the visitor's machine has
 * computed anything, computed here by the chapter's own code (`prepare.ts`), so that nothing prepared is stored, or goes
 * stale.
 */
function prepared(): Plugin {
  const prefix = "virtual:prepared/";
  // One after another: what is timed, and what counts memory, has the machine and tfjs' engine alone.
  let turn: Promise<unknown> = Promise.resolve();
  return {
    name: "prepared",
    resolveId: (asked) => (asked.startsWith(prefix) ? `\0${asked}` : undefined),
    async load(asked) {
      if (!asked.startsWith(`\0${prefix}`)) return undefined;
      const text = (turn = turn.then(() => prepare(asked.slice(prefix.length + 1))));
      return `export default ${JSON.stringify(await text)};`;
    },
  };
}

/** @returns what `decode` of `src/prepared/codec.ts` reads */
async function prepare(asked: string): Promise<string> {
  const [chapter, part] = asked.split("/");
  // Written for bundlers: Node does not resolve what it imports.
  const gradients = "@tensorflow/tfjs-core/dist/register_all_gradients";
  const resolve = {
    conditions: [source, ...defaultServerConditions],
    alias: { [gradients]: createRequire(import.meta.url).resolve(`${gradients}.js`) },
  };
  const run = async <T>(path: string) =>
    (
      await runnerImport<T>(`${root}src/${path}`, {
        root,
        configFile: false,
        logLevel: "warn",
        resolve,
        environments: { inline: { resolve } },
      })
    ).module;
  const { encode } = await run<{ encode: (value: unknown) => string }>("prepared/codec.ts");
  const started = await run<{ prepare: (part?: string) => Promise<unknown> }>(
    `chapters/${chapter}/prepare.ts`,
  );
  return encode(await started.prepare(part));
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

/** That preparing takes its time is known. */
const rolldownOptions = { checks: { pluginTimings: false } };

export default defineConfig({
  root,
  base: "./",
  plugins: [prepared(), policyTag()],
  resolve: { conditions: [source, ...defaultClientConditions] },
  worker: { format: "es", rolldownOptions },
  // Files as files: the policy lets nothing be fetched from an address that holds its data.
  build: {
    assetsInlineLimit: 0,
    target: "es2022",
    chunkSizeWarningLimit: 2000,
    modulePreload: { polyfill: false },
    rolldownOptions,
  },
  server: { headers: isolation },
  preview: { headers: { ...isolation, "Content-Security-Policy": contentSecurityPolicy } },
});
