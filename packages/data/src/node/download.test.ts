import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { afterAll, beforeEach, describe, expect, it } from "vitest";

import { temporaryFolder } from "../../test/temporary-folder";
import { download, type DownloadOptions } from "./download";

const content = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) % 251);
const sha256 = createHash("sha256").update(content).digest("hex");
const { path: folder } = temporaryFolder();

/** What the server does with a request; each test sets its own. */
let answer: (request: IncomingMessage, response: ServerResponse) => void;
let ranges: (string | undefined)[] = [];
const server = createServer((request, response) => {
  ranges.push(request.headers.range);
  answer(request, response);
});
// Seconds may pass between requests on a busy machine; a connection closed meanwhile would look like a broken server.
server.keepAliveTimeout = 120_000;
const listening = new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
afterAll(
  () =>
    new Promise((done) => {
      server.close(done);
      server.closeAllConnections();
    }),
);

function whole(_: IncomingMessage, response: ServerResponse): void {
  response.end(content);
}
function resumable({ headers }: IncomingMessage, response: ServerResponse): void {
  const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);
  response.writeHead(start > 0 ? 206 : 200).end(content.subarray(start));
}
/** Sends `count` more bytes and hangs up. */
function breakingAfter(count: number) {
  return ({ headers }: IncomingMessage, response: ServerResponse) => {
    const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);
    response.writeHead(start > 0 ? 206 : 200, { "content-length": content.length - start });
    response.write(content.subarray(start, start + count), () => setTimeout(() => response.destroy(), 20));
  };
}
function status(code: number) {
  return (_: IncomingMessage, response: ServerResponse) => void response.writeHead(code).end("no");
}

let path: string;
let options: DownloadOptions;
let files = 0;

beforeEach(async () => {
  await listening;
  ranges = [];
  path = join(folder, `cache-${files++}`, "file.bin");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/file.bin`;
  options = { url, path, sha256, bytes: content.length, retries: 2, retryDelay: 1 };
});

const arrived = () => createHash("sha256").update(readFileSync(path)).digest("hex");

describe("download", () => {
  it("fetches once, tells how far it is, and leaves nothing else behind", async () => {
    answer = whole;
    const progress: number[] = [];
    expect(await download({ ...options, onProgress: ({ done }) => progress.push(done) })).toBe(true);
    expect(arrived()).toBe(sha256);
    expect(progress.at(-1)).toBe(content.length);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(readdirSync(join(path, ".."))).toEqual(["file.bin"]);
    expect(await download(options)).toBe(false);
    expect(ranges).toHaveLength(1);
  });

  it("goes on where a connection broke, in the same run and in the next", async () => {
    answer = breakingAfter(70_000);
    await expect(download({ ...options, retries: 1 })).rejects.toThrow(/ is out of reach \(/);
    expect(existsSync(path)).toBe(false);
    const have = readFileSync(`${path}.part`).length;
    expect(have).toBeGreaterThan(0);
    ranges = [];
    answer = resumable;
    expect(await download(options)).toBe(true);
    expect(ranges).toEqual([`bytes=${have}-`]);
    expect(arrived()).toBe(sha256);
  });

  it("begins anew with a server that knows no ranges", async () => {
    answer = breakingAfter(70_000);
    await expect(download({ ...options, retries: 0 })).rejects.toThrow("out of reach");
    answer = whole;
    await download(options);
    expect(arrived()).toBe(sha256);
  });

  it("tries again when the server is busy, and not when it does not have the file", async () => {
    answer = (request, response) => (ranges.length < 3 ? status(503) : whole)(request, response);
    await download(options);
    expect(ranges).toHaveLength(3);
    ranges = [];
    answer = status(404);
    await expect(download({ ...options, path: `${path}.2` })).rejects.toThrow(
      `${options.url} is answered with status 404, but must be available.`,
    );
    expect(ranges).toHaveLength(1);
  });

  it("accepts no other file: neither another content, nor more of it, nor less", async () => {
    answer = (_, response) => void response.end(content.toReversed());
    await expect(download(options)).rejects.toThrow(`must be the one with sha256 ${sha256}`);
    answer = (_, response) => void response.end(Buffer.concat([content, content]));
    await expect(download(options)).rejects.toThrow(
      "is more than 300000 bytes, but must be a file of 300000 bytes.",
    );
    expect(existsSync(path)).toBe(false);
    answer = (_, response) => void response.end(content.subarray(0, 100));
    await expect(download({ ...options, path: `${path}.3` })).rejects.toThrow(
      "ended after 100 of 300000 bytes",
    );
  });

  it("replaces a file that is not what it should be", async () => {
    answer = whole;
    await download(options);
    writeFileSync(path, content.toReversed());
    expect(await download(options)).toBe(true);
    expect(arrived()).toBe(sha256);
  });

  it("lets two fetch the same file at once", async () => {
    answer = whole;
    await Promise.allSettled([download(options), download(options)]);
    expect(arrived()).toBe(sha256);
  });

  it("stops when it is told to, and keeps what it has", async () => {
    const controller = new AbortController();
    answer = breakingAfter(70_000);
    const stopped = download({ ...options, signal: controller.signal, onProgress: () => controller.abort() });
    await expect(stopped).rejects.toThrow("aborted");
    expect(existsSync(`${path}.part`)).toBe(true);
  });

  it("says that nothing answers", async () => {
    const nobody = "http://127.0.0.1:1/file.bin";
    await expect(download({ ...options, url: nobody, retries: 0 })).rejects.toThrow(
      `${nobody} is out of reach (`,
    );
  });
});
