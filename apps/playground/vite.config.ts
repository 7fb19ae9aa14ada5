import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { defaultClientConditions, defineConfig, type Plugin } from "vite";

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

/** What `virtual:prepared/NAME` may name, in the order in which a visitor is likely to need it. */
const names = ["lsh/text", "race", "reversible", "train", "image", "novel", "lsh/image", "lsh/circle"];

/**
 * `virtual:prepared/NAME`: what a chapter shows before the visitor's machine has computed anything, computed by the
 * chapter's own code (`tools/prepare.mjs`), so that nothing prepared is stored, or goes stale.
 */
function prepared(): Plugin {
  const prefix = "virtual:prepared/";
  let texts: Map<string, Promise<string>> | undefined;
  return {
    name: "prepared",
    buildStart: () => void (texts ??= prepareAll()),
    resolveId: (asked) => (asked.startsWith(prefix) ? `\0${asked}` : undefined),
    async load(asked) {
      if (!asked.startsWith(`\0${prefix}`)) return undefined;
      const text = await texts?.get(asked.slice(prefix.length + 1));
      if (text === undefined) throw new Error(`${asked.slice(1)} is none of ${names.join(", ")}`);
      return `export default ${JSON.stringify(text)};`;
    },
  };
}

function prepareAll(): Map<string, Promise<string>> {
  const child = spawn(process.execPath, [`${root}tools/prepare.mjs`, ...names], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  // A server that is stopped takes it along.
  process.once("exit", () => child.kill());
  const lines = createInterface({ input: child.stdout });
  const text = (name: string) =>
    new Promise<string>((resolve, reject) => {
      lines.on("line", (line) => line.startsWith(`["${name}",`) && resolve(JSON.parse(line)[1]));
      child.once("close", () => reject(new Error(`${name} could not be prepared`)));
    });
  return new Map(
    names.map((name) => {
      const coming = text(name);
      // Who asks for it is told; nobody may have.
      coming.catch(() => {});
      return [name, coming];
    }),
  );
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
