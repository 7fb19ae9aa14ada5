import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { commit, hubServer } from "../../test/hub-server";
import { temporaryFolder } from "../../test/run-reformer";
import { hubFiles, isHubId } from "./hub";

const id = "someone/small-reformer";

/** A server of two files and a client with an empty cache. */
async function setUp() {
  const served = temporaryFolder();
  const weights = Uint8Array.from({ length: 200_000 }, (_, i) => (i * i) % 251);
  writeFileSync(join(served, "config.json"), '{"model_type":"reformer"}');
  writeFileSync(join(served, "model.safetensors"), weights);
  const hub = await hubServer(served, id);
  const folder = temporaryFolder();
  const open = (environment: NodeJS.ProcessEnv = {}) =>
    hubFiles(id, { folder, environment: { HF_ENDPOINT: hub.endpoint, ...environment } });
  return { hub, folder, open, weights, kept: join(folder, "someone--small-reformer", commit) };
}

describe("hubFiles", () => {
  it("fetches files once and keeps them by commit", async () => {
    const { hub, open, weights, kept } = await setUp();
    const files = await open();
    expect(new TextDecoder().decode((await files.read("config.json"))!)).toBe('{"model_type":"reformer"}');
    expect(await files.read("model.safetensors")).toEqual(weights);
    expect(await files.read("pytorch_model.bin")).toBe(null);
    expect(readdirSync(kept).toSorted()).toEqual(["config.json", "model.safetensors"]);
    const asked = hub.paths.length;
    const again = await open();
    expect(await again.read("config.json")).not.toBe(null);
    expect(await again.read("model.safetensors")).toEqual(weights);
    // Only which commit is meant was asked again.
    expect(hub.paths.slice(asked)).toEqual([`/api/models/${id}/revision/main`]);
  });

  it("goes on where a download broke", async () => {
    const { hub, open, weights } = await setUp();
    hub.breakAfter = 70_000;
    expect(await (await open()).read("model.safetensors")).toEqual(weights);
    expect(hub.paths.filter((path) => path.endsWith("model.safetensors"))).toHaveLength(2);
  });

  it.each(["config.json", "model.safetensors"])(
    "accepts no other %s than the hub speaks of",
    async (name) => {
      const { hub, open, kept } = await setUp();
      hub.spoilt.set(name, (content) => content.toReversed());
      await expect((await open()).read(name)).rejects.toThrow("a file with another checksum");
      expect(existsSync(join(kept, name))).toBe(false);
    },
  );

  it("fetches again what was changed in the cache", async () => {
    const { open, kept } = await setUp();
    await (await open()).read("config.json");
    writeFileSync(join(kept, "config.json"), "{}");
    await (await open()).read("config.json");
    expect(readFileSync(join(kept, "config.json"), "utf8")).toBe('{"model_type":"reformer"}');
  });

  it("takes what it has when the hub is away, or is not to be asked", async () => {
    const { hub, open, weights } = await setUp();
    await (await open()).read("model.safetensors");
    await hub.close();
    expect(await (await open()).read("model.safetensors")).toEqual(weights);
    expect(await (await open({ HF_HUB_OFFLINE: "1" })).read("model.safetensors")).toEqual(weights);
  });

  it("says who asks, and what it is told", async () => {
    const { hub, open } = await setUp();
    hub.token = "secret";
    await expect(open()).rejects.toThrow(
      /^someone\/small-reformer is neither here nor known to 127.0.0.1:\d+, but must be a run, a checkpoint, or a public model \(for private ones set HF_TOKEN\)\.$/,
    );
    await expect(open({ HF_TOKEN: "wrong" })).rejects.toThrow("with status 401");
    expect(await (await open({ HF_TOKEN: "secret" })).read("model.safetensors")).not.toBe(null);
  });

  it("says that nothing answers, and that nothing is kept", async () => {
    const { open } = await setUp();
    await expect(open({ HF_ENDPOINT: "http://127.0.0.1:1" })).rejects.toThrow(
      "someone/small-reformer is out of reach (",
    );
    await expect(open({ HF_HUB_OFFLINE: "1" })).rejects.toThrow("not in the cache");
  });
});

it.each([
  ["google/reformer-crime-and-punishment", true],
  ["google/reformer-enwik8@v1.0", true],
  ["reformer", false],
  ["runs/../etc", false],
  ["/etc/passwd", false],
  ["a/b/c", false],
  ["./runs/novel", false],
])("%s is a hub id: %s", (text, expected) => expect(isHubId(text)).toBe(expected));
