/**
 * Models by their id on the Hugging Face hub, such as `google/reformer-crime-and-punishment`.
 *
 * A revision is first resolved to a commit, and files are kept by commit, so what has been fetched once is never asked for
 * again and never mixed. Large files are held against their sha256, small ones against the name that git gives their
 * content, and broken downloads go on where they stopped.
 *
 * `HF_ENDPOINT` names another hub, `HF_TOKEN` says who asks, `HF_HUB_OFFLINE=1` takes what is there.
 */
import { download } from "@reformer-ts/data/node";
import { InputError } from "@reformer-ts/internal-checks";
import type { CheckpointFiles } from "@reformer-ts/model";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheFolder } from "../backend/cache-folder";
import { writeFileAtomically } from "../run/atomic";
import { readIfThere } from "./local-files";
import { readSnapshot, type Snapshot } from "./hub-snapshot";

export interface HubOptions {
  environment?: NodeJS.ProcessEnv;
  /** Where fetched files are kept. */
  folder?: string;
  /** Told what is fetched. */
  log?: (line: string) => void;
}

/** What a hub id looks like: an owner, a name, and perhaps a revision. */
const pattern = /^([\w][\w.-]*)\/([\w][\w.-]*)(?:@([\w][\w./-]*))?$/;

export function isHubId(text: string): boolean {
  return pattern.test(text) && !text.includes("..");
}

/**
 * The files of a model on the hub, fetched when they are read.
 *
 * @throws InputError when the hub has no such model, refuses it, or cannot be reached and nothing was kept
 */
export async function hubFiles(
  id: string,
  {
    environment = process.env,
    folder = join(cacheFolder(environment), "hub"),
    log = () => {},
  }: HubOptions = {},
): Promise<CheckpointFiles> {
  const [, owner = "", name = "", revision = "main"] = pattern.exec(id) ?? [];
  const endpoint = (environment["HF_ENDPOINT"] || "https://huggingface.co").replace(/\/+$/, "");
  const token = environment["HF_TOKEN"];
  const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  const home = join(folder, `${owner}--${name}`);
  const snapshot = await resolveRevision({
    id,
    url: `${endpoint}/api/models/${owner}/${name}/revision/${encodeURIComponent(revision)}?blobs=true`,
    headers,
    kept: join(home, "revisions", `${encodeURIComponent(revision)}.json`),
    offline: environment["HF_HUB_OFFLINE"] === "1",
    log,
  });
  return {
    where: id,
    async read(file) {
      const entry = snapshot.files[file];
      if (entry === undefined) return null;
      const path = join(home, snapshot.commit, file);
      const url = `${endpoint}/${owner}/${name}/resolve/${snapshot.commit}/${file}`;
      const { bytes, sha256, blob } = entry;
      if (sha256 !== null) {
        if (!existsSync(path)) log(`Fetching ${file} of ${id}, ${(bytes / 1e6).toFixed(1)} MB …`);
        await download({ url, path, sha256, bytes, headers });
        return readIfThere(path);
      }
      const kept = readIfThere(path);
      if (kept !== null && gitBlob(kept) === blob) return kept;
      return fetchSmall({ url, path, headers, bytes, blob });
    },
  };
}

/** Asks which commit is meant and what is in it; what the hub answered last time holds where it cannot be asked. */
async function resolveRevision(options: {
  id: string;
  url: string;
  headers: Record<string, string>;
  kept: string;
  offline: boolean;
  log: (line: string) => void;
}): Promise<Snapshot> {
  const { id, url, headers, kept, offline, log } = options;
  const remembered = () => (existsSync(kept) ? readSnapshot(readFileSync(kept, "utf8"), kept) : null);
  if (offline) {
    const snapshot = remembered();
    if (snapshot !== null) return snapshot;
    throw new InputError({
      field: id,
      given: "not in the cache",
      allowed: "fetched once before HF_HUB_OFFLINE=1",
    });
  }
  let response: Response;
  try {
    response = await fetch(url, { headers });
  } catch (error) {
    const snapshot = remembered();
    const { cause, message } = error as Error;
    const reason = cause instanceof Error ? cause.message : message;
    if (snapshot !== null) {
      log(`${new URL(url).host} is out of reach (${reason}); taking ${id} as it was fetched before.`);
      return snapshot;
    }
    throw new InputError(
      { field: id, given: `out of reach (${reason})`, allowed: `to be had from ${new URL(url).host}` },
      { cause: error },
    );
  }
  const text = await response.text();
  if (!response.ok) throw refused(id, url, response.status, "authorization" in headers);
  const snapshot = readSnapshot(text, url);
  mkdirSync(dirname(kept), { recursive: true });
  writeFileAtomically(kept, text);
  return snapshot;
}

function refused(id: string, url: string, status: number, hasToken: boolean): InputError {
  const { host } = new URL(url);
  // The hub answers 401 for models that do not exist, so that nobody learns which private ones do.
  const missing = status === 404 || (status === 401 && !hasToken);
  return new InputError({
    field: id,
    given: missing ? `neither here nor known to ${host}` : `refused by ${host} with status ${status}`,
    allowed: missing
      ? "a run, a checkpoint, or a public model (for private ones set HF_TOKEN)"
      : "open to the owner of HF_TOKEN",
  });
}

interface SmallFile {
  url: string;
  path: string;
  headers: Record<string, string>;
  bytes: number;
  /** What git calls a file of this content. */
  blob: string;
}

async function fetchSmall({ url, path, headers, bytes, blob }: SmallFile): Promise<Uint8Array> {
  const response = await fetch(url, { headers }).catch((error: unknown) => {
    throw new InputError({ field: url, given: "out of reach", allowed: "reachable" }, { cause: error });
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new InputError({
      field: url,
      given: `answered with status ${response.status}`,
      allowed: "available",
    });
  }
  const content = new Uint8Array(await response.arrayBuffer());
  if (content.length !== bytes || gitBlob(content) !== blob)
    throw new InputError({
      field: url,
      given: "a file with another checksum",
      allowed: `git's blob ${blob}`,
    });
  mkdirSync(dirname(path), { recursive: true });
  writeFileAtomically(path, content);
  return content;
}

function gitBlob(content: Uint8Array): string {
  return createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
}
