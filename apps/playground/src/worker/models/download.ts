/** A file of the page's own: told as it comes, kept for the next visit, unpacked when it is gzipped. */

const cacheName = "reformer-playground";

/** The share that has come, from 0 to 1; null when the host does not say how much there is. */
export type OnShare = (share: number | null) => void;

/** @throws Error with a sentence when the file does not come */
export async function download(url: string, onShare: OnShare): Promise<Uint8Array> {
  const cache = await openCache();
  const kept = await cache?.match(url);
  const response = kept ?? (await ask(url));
  // A cache that is full, or forbidden, costs the next visit time and nothing else.
  if (kept === undefined) await cache?.put(url, response.clone()).catch(() => {});
  return unpacked(await readAll(response, onShare));
}

async function ask(url: string): Promise<Response> {
  const name = url.split("/").at(-1);
  const response = await fetch(url).catch(() => undefined);
  if (response?.ok) return response;
  throw new Error(
    `${name} could not be loaded${response ? ` (${response.status})` : ""}. Is the page still there?`,
  );
}

/** Pages that are not served securely have no cache of their own. While the page is developed, names do not change with content. */
async function openCache(): Promise<Cache | undefined> {
  if (import.meta.env.DEV) return undefined;
  return globalThis.caches?.open(cacheName).catch(() => undefined);
}

async function readAll(response: Response, onShare: OnShare): Promise<Uint8Array> {
  const total = Number(response.headers.get("content-length")) || null;
  const parts: Uint8Array[] = [];
  let size = 0;
  const reader = response.body!.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value);
    size += part.value.length;
    onShare(total && Math.min(1, size / total));
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Some hosts unpack a .gz file on its way, others hand it over as it is. */
async function unpacked(bytes: Uint8Array): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const stream = new Blob([bytes as BlobPart]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
