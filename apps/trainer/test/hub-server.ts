/** A hub on this machine, with real HTTP: what its API says of a folder's files, the files, and what goes wrong. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export interface HubServer {
  endpoint: string;
  /** Of every request, in order. */
  paths: string[];
  /** Files that it sends otherwise than they are. */
  spoilt: Map<string, (content: Uint8Array) => Uint8Array>;
  /** Breaks the next download of a large file after so many bytes. */
  breakAfter: number | null;
  /** Who may ask; null for everybody. */
  token: string | null;
  close(): Promise<void>;
}

export const commit = "0123456789abcdef0123456789abcdef01234567";

/** Serves `folder` as the model `owner/name`. Weights are large files, as on the hub; the rest is git's. */
export async function hubServer(folder: string, id: string): Promise<HubServer> {
  const isLarge = (file: string) => /\.(safetensors|bin)$/.test(file);
  const siblings = readdirSync(folder).map((rfilename) => {
    const content = readFileSync(join(folder, rfilename));
    const blobId = createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
    const sha256 = createHash("sha256").update(content).digest("hex");
    return {
      rfilename,
      size: content.length,
      blobId,
      ...(isLarge(rfilename) ? { lfs: { sha256, size: content.length, pointerSize: 134 } } : {}),
    };
  });
  const hub: Omit<HubServer, "endpoint" | "close"> = {
    paths: [],
    spoilt: new Map(),
    breakAfter: null,
    token: null,
  };
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const [path = ""] = (request.url ?? "").split("?");
    hub.paths.push(path);
    if (hub.token !== null && request.headers.authorization !== `Bearer ${hub.token}`)
      return void response.writeHead(401).end("Repository Not Found");
    if (path === `/api/models/${id}/revision/main`)
      return void response.end(JSON.stringify({ id, sha: commit, siblings, private: false }));
    const file = path.startsWith(`/${id}/resolve/${commit}/`) ? path.split("/").at(-1)! : "";
    if (!siblings.some(({ rfilename }) => rfilename === file)) return void response.writeHead(404).end();
    const content = (hub.spoilt.get(file) ?? ((bytes) => bytes))(readFileSync(join(folder, file)));
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    response.writeHead(start > 0 ? 206 : 200, { "content-length": content.length - start });
    if (hub.breakAfter === null || !isLarge(file)) return void response.end(content.subarray(start));
    response.write(content.subarray(start, start + hub.breakAfter), () =>
      setTimeout(() => response.destroy(), 20),
    );
    hub.breakAfter = null;
  };
  const server = createServer(answer);
  // On a busy machine seconds pass between requests; a connection closed meanwhile would look like a broken hub.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const close = () =>
    new Promise<void>((closed) => {
      server.close(() => closed());
      server.closeAllConnections();
    });
  onTestFinished(close);
  return Object.assign(hub, {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close,
  });
}
