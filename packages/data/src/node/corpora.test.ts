import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { afterAll, describe, expect, it } from "vitest";

import { temporaryFolder } from "../../test/temporary-folder";
import { cachedCorpus, cacheFolder, fetchCorpus } from "./corpora";
import { corpora, type Corpus, type RemoteFile } from "./corpora-table";

const book = [
  "The Project Gutenberg EBook of Nothing",
  "*** START OF THIS PROJECT GUTENBERG EBOOK NOTHING ***",
  "Chapter 1",
  "Nothing happened.",
  "*** END OF THIS PROJECT GUTENBERG EBOOK NOTHING ***",
].join("\r\n\r\n");
const contents: Record<string, Uint8Array> = {
  "/book.txt": Buffer.from(book),
  "/packed.gz": gzipSync("packed ".repeat(1000)),
  "/train.idx": Uint8Array.of(1, 2, 3),
  "/test.idx": Uint8Array.of(4, 5),
};
let asked: string[] = [];
const server = createServer((request, response) => {
  asked.push(request.url!);
  response.end(contents[request.url!]);
});
await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
afterAll(
  () =>
    new Promise((done) => {
      server.close(done);
      server.closeAllConnections();
    }),
);

const remote = (path: string, kept?: RemoteFile["kept"]): RemoteFile => ({
  url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
  file: path.slice(1),
  bytes: contents[path]!.length,
  sha256: createHash("sha256").update(contents[path]!).digest("hex"),
  ...(kept === undefined ? {} : { kept }),
});
const corpus = (...files: Corpus["files"]): Corpus => ({ description: "a test", kind: "text", files });
const table = {
  book: corpus(remote("/book.txt", { file: "body.txt", as: "body" })),
  packed: corpus(remote("/packed.gz", { file: "packed", as: "unpacked" })),
  digits: corpus(remote("/train.idx"), remote("/test.idx")),
  other: corpus({ ...remote("/book.txt"), sha256: "0".repeat(64) }),
};
const { path: folder } = temporaryFolder();
const options = { folder, table, retries: 0 };

describe("a corpus by name", () => {
  it("is fetched once, and kept as it is trained on", async () => {
    expect(cachedCorpus("packed", options)).toBeNull();
    const { path, heldOut } = await fetchCorpus("packed", options);
    expect([path, heldOut]).toEqual([join(folder, "packed"), null]);
    expect(readFileSync(path, "utf8")).toBe("packed ".repeat(1000));
    expect(readdirSync(folder)).toEqual(["packed"]);
    asked = [];
    expect(await fetchCorpus("packed", options)).toEqual(cachedCorpus("packed", options));
    expect(asked).toEqual([]);
  });

  it("is a book without what Project Gutenberg adds", async () => {
    const { path } = await fetchCorpus("book", options);
    expect(readFileSync(path, "utf8")).toBe("Chapter 1\n\nNothing happened.\n");
  });

  it("may have a file of its own that is held out", async () => {
    const { path, heldOut } = await fetchCorpus("digits", options);
    expect([...readFileSync(path)]).toEqual([1, 2, 3]);
    expect([...readFileSync(heldOut!)]).toEqual([4, 5]);
  });

  it("is refused when it is another file, and nothing of it stays", async () => {
    await expect(fetchCorpus("other", options)).rejects.toThrow("a file with another checksum, but must be");
    expect(existsSync(join(folder, "book.txt"))).toBe(false);
  });

  it("says what to do where nothing answers", async () => {
    const file = { ...remote("/book.txt"), url: "http://127.0.0.1:1/x", file: "x.txt" };
    await expect(fetchCorpus("gone", { ...options, table: { gone: corpus(file) } })).rejects.toThrow(
      `try again, which goes on from what has arrived, or put the file at ${join(folder, "x.txt")} yourself.`,
    );
  });

  it("must be one that there is", async () => {
    await expect(fetchCorpus("enwik9", { folder })).rejects.toThrow(
      'corpus is "enwik9", but must be perhaps "enwik8", of enwik8, ',
    );
    await expect(fetchCorpus("__proto__", { folder })).rejects.toThrow("must be one of enwik8");
    expect(cacheFolder({ XDG_CACHE_HOME: "/cache" })).toBe(join("/cache", "reformer-ts", "data"));
  });
});

it("the table names for each file an address, a size and a checksum, and no place but the cache", () => {
  const files = Object.values(corpora).flatMap((known): readonly RemoteFile[] => known.files);
  for (const { url, bytes, sha256, file, kept } of files) {
    expect(url).toMatch(/^https:/);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(bytes).toBeGreaterThan(1000);
    for (const name of [file, kept?.file ?? file]) expect(name).toMatch(/^[\w.-]+$/);
  }
  const names = files.map(({ file, kept }) => kept?.file ?? file);
  expect(new Set(names).size).toBe(names.length);
});
