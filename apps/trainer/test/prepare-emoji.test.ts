/** `reformer prepare emoji`: a real npm, against a registry of this machine that has a small package of the name. */
import { execFileSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { reformer } from "./run-reformer";
import { reportOf } from "./trained-run";

const name = "emoji-datasource-google";
const version = "16.0.0";
const home = mkdtempSync(join(tmpdir(), "reformer-emoji-"));
const cache = join(home, "cache");
const picture = join(import.meta.dirname, "../../../packages/data/test/samples/emoji/1f600.png");
let tarball = Buffer.of();
const server = createServer(({ url, headers }, response) => {
  if (url === "/emoji.tgz") return void response.end(tarball);
  const dist = { tarball: `http://${headers.host}/emoji.tgz` };
  response.end(
    JSON.stringify({
      name,
      "dist-tags": { latest: version },
      versions: { [version]: { name, version, dist } },
    }),
  );
});
const environment = { ...process.env };

beforeAll(async () => {
  const content = join(home, "package");
  mkdirSync(join(content, "img/google/64"), { recursive: true });
  // An install script would be run by npm, were it allowed to.
  const scripts = { install: `touch ${join(home, "was-run")}` };
  writeFileSync(join(content, "package.json"), JSON.stringify({ name, version, scripts }));
  for (let i = 0; i < 20; i++) copyFileSync(picture, join(content, "img/google/64", `1f6${i + 10}.png`));
  process.env["npm_config_cache"] = join(home, "npm");
  process.env["npm_config_fetch_retries"] = "0";
  process.env["XDG_CACHE_HOME"] = cache;
  execFileSync("npm", ["pack", "--pack-destination", home], { cwd: content, stdio: "ignore" });
  tarball = readFileSync(join(home, `${name}-${version}.tgz`));
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
}, 60_000);
afterAll(async () => {
  for (const key of [
    "npm_config_cache",
    "npm_config_fetch_retries",
    "npm_config_registry",
    "XDG_CACHE_HOME",
  ]) {
    if (environment[key] === undefined) delete process.env[key];
    else process.env[key] = environment[key];
  }
  await new Promise((done) => server.close(done));
  rmSync(home, { recursive: true, force: true });
});

const isHere = async () => {
  const { out } = await reformer("prepare", "--json");
  return (JSON.parse(out) as { name: string; here: boolean }[]).find((corpus) => corpus.name === "emoji")!
    .here;
};

it("says what keeps npm from it, and leaves nothing behind", async () => {
  process.env["npm_config_registry"] = "http://127.0.0.1:9";
  const { code, out, err } = await reformer("prepare", "emoji");
  expect({ code, out }).toEqual({ code: 2, out: "" });
  expect(err.split("\n").at(-2)).toMatch(
    /^reformer: emoji-datasource-google is not installed \(.*(ECONNREFUSED|bad port).*\), but must be there: try again with a network, or npm install emoji-datasource-google where you train\.$/,
  );
  expect(readdirSync(join(cache, "reformer-ts/data"))).toEqual([]);
  expect(await isHere()).toBe(false);
});

it("brings the pictures once, and runs nothing of what it brings", async () => {
  process.env["npm_config_registry"] = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { code, out, err } = await reformer("prepare", "emoji");
  expect([code, code === 0 ? "" : err]).toEqual([0, ""]);
  expect(err).toMatch(/^npm brings emoji-datasource-google 16\.0\.0 .*\n$/);
  expect(out).toBe(
    "emoji: 20 images of 64 x 64 x 3, 2 of them held out\ntrain on it with: reformer train --task images --corpus emoji\n",
  );
  expect(existsSync(join(home, "was-run"))).toBe(false);
  expect(readdirSync(join(cache, "reformer-ts/data"))).toEqual(["emoji"]);
  expect(await isHere()).toBe(true);
  expect(await reportOf("prepare", "emoji")).toMatchObject({
    corpus: "emoji",
    heldOutTokens: 2 * 64 * 64 * 3,
  });
});
