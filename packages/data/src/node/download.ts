/**
 * Public files fetched once: what has arrived stays beside the target as `.part`, a broken connection goes on from there, and the
 * file takes its place only when its checksum is right.
 *
 * Two processes that fetch the same file write the same bytes to the same places, so neither harms the other.
 */

import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm, stat, type FileHandle } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { InputError } from "@reformer-ts/internal-checks";

export interface DownloadOptions {
  url: string;
  /** Where the file goes; nothing in the answer of the server has a say in it. */
  path: string;
  /** Of the whole file, in hexadecimal. */
  sha256: string;
  /** Of the whole file; a server that sends more is cut off. */
  bytes: number;
  /** Sent with every request, such as who asks. */
  headers?: Readonly<Record<string, string>>;
  onProgress?: (progress: DownloadProgress) => void;
  signal?: AbortSignal;
  /** How often to go on after a failure before giving up. */
  retries?: number;
  /** Milliseconds before the first retry; twice as long before each further one. */
  retryDelay?: number;
}

export interface DownloadProgress {
  done: number;
  total: number;
}

/**
 * The file at `path`, fetched if it is not there or is not what the checksum says.
 * @returns whether anything had to be fetched
 * @throws InputError when the server does not have it, sends something else, or cannot be reached after all retries
 */
export async function download(options: DownloadOptions): Promise<boolean> {
  const { url, path, sha256, bytes, retries = 5, retryDelay = 500, signal } = options;
  if (await matches(path, options)) return false;
  const part = `${path}.part`;
  await mkdir(dirname(path), { recursive: true });
  for (let attempt = 0; (await sizeOfFile(part)) < bytes; attempt++) {
    try {
      await fetchRest(part, options);
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof InputError || attempt >= retries) throw unreachable(options, error);
      await sleep(retryDelay * 2 ** attempt, undefined, { signal });
    }
  }
  if (!(await matches(part, options))) {
    await rm(part, { force: true });
    throw new InputError({
      field: url,
      given: "a file with another checksum",
      allowed: `the one with sha256 ${sha256}`,
    });
  }
  await rename(part, path);
  return true;
}

/** Asks for what is missing of the part file, and writes it there as it comes. */
async function fetchRest(
  part: string,
  { url, bytes, onProgress, signal, headers }: DownloadOptions,
): Promise<void> {
  const have = await sizeOfFile(part);
  const range: Record<string, string> = have > 0 ? { range: `bytes=${have}-` } : {};
  const response = await fetch(url, { headers: { ...headers, ...range }, signal: signal ?? null });
  // A server without ranges sends everything again; one whose file is shorter than what is there has another file.
  const start = response.status === 206 ? have : 0;
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    const permanent = response.status >= 400 && response.status < 500 && response.status !== 429;
    if (response.status === 416) await rm(part, { force: true });
    const answer = `answered with status ${response.status}`;
    if (permanent && response.status !== 416)
      throw new InputError({ field: url, given: answer, allowed: "available" });
    throw new Error(answer);
  }
  const file = await openForWriting(part);
  try {
    let done = start;
    for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
      if (done + piece.length > bytes) {
        throw new InputError({
          field: url,
          given: `more than ${bytes} bytes`,
          allowed: `a file of ${bytes} bytes`,
        });
      }
      await writeAll(file, piece, done);
      done += piece.length;
      onProgress?.({ done, total: bytes });
    }
    await file.sync();
    if (done < bytes) throw new Error(`ended after ${done} of ${bytes} bytes`);
  } finally {
    await file.close();
  }
}

async function openForWriting(path: string): Promise<FileHandle> {
  return await open(path, (await sizeOfFile(path)) > 0 ? "r+" : "w");
}

async function writeAll(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += (await file.write(bytes, done, bytes.length - done, at + done)).bytesWritten;
  }
}

async function matches(path: string, { sha256, bytes }: DownloadOptions): Promise<boolean> {
  if ((await sizeOfFile(path)) !== bytes) return false;
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest("hex") === sha256;
}

async function sizeOfFile(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return 0;
    throw error;
  }
}

function unreachable({ url, path }: DownloadOptions, error: unknown): InputError {
  if (error instanceof InputError) return error;
  const { message, cause } = error as Error;
  const reason = cause instanceof Error ? cause.message : message;
  return new InputError(
    {
      field: url,
      given: `out of reach (${reason})`,
      allowed: `reachable: try again, which goes on from what has arrived, or put the file at ${path} yourself`,
    },
    { cause: error },
  );
}
