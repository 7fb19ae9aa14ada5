/** Two places that a page may be served from: `vite preview`, and a host that knows no headers, under a deep path. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { preview } from "vite";

export const root = fileURLToPath(new URL("..", import.meta.url));

export interface Host {
  url: string;
  close: () => Promise<void>;
}

export async function previewHost(): Promise<Host> {
  const server = await preview({ root, logLevel: "error", preview: { port: 4173, host: "127.0.0.1" } });
  return { url: server.resolvedUrls!.local[0]!, close: () => server.close() };
}

const types: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

export async function plainHost(base = "/some/deep/path/"): Promise<Host> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://host").pathname;
    const file = path === base ? "index.html" : normalize(path.slice(base.length));
    const answer = path.startsWith(base)
      ? readFile(join(root, "dist", file))
      : Promise.reject(new Error("outside"));
    answer.then(
      (body) => response.writeHead(200, { "content-type": types[extname(file)] ?? "text/plain" }).end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${base}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
