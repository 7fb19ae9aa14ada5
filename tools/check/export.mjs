/**
 * Proves that transformers opens what `reformer export` wrote and finds the same loss.
 *
 *     node tools/check/export.mjs PYTHON FOLDER [LENGTH]
 *
 * PYTHON is one with the packages of tools/golden/requirements-transformers.txt, FOLDER an exported model of bytes. Models with
 * LSH layers must have been exported with --hash-seed, or both sides draw rotations of their own. Takes the built packages.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

import "@tensorflow/tfjs-backend-cpu";
import { setBackend } from "@tensorflow/tfjs-core";

import {
  createReformer,
  evaluateBatch,
  loadTransformers,
  parametersFromState,
} from "../../packages/model/dist/index.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const [python, folder, length = "1024"] = process.argv.slice(2);
if (folder === undefined) {
  console.error("usage: node tools/check/export.mjs PYTHON FOLDER [LENGTH]");
  process.exit(2);
}
const novel = gunzipSync(readFileSync(join(root, "apps/trainer/assets/crime-and-punishment.txt.gz")));
const tokens = Int32Array.from(novel.subarray(-Number(length)));

await setBackend("cpu");
const read = (name) => {
  try {
    return new Uint8Array(readFileSync(join(folder, name)));
  } catch {
    return null;
  }
};
const { config, state } = await loadTransformers({ where: folder, read: async (name) => read(name) });
const model = createReformer(config, parametersFromState(config, state, folder));
const targets = tokens.map((_, i) => (i + 1 < tokens.length ? tokens[i + 1] : -1));
const { nats, count } = evaluateBatch(model, { inputs: tokens, targets, batch: 1, length: tokens.length });
const ours = (await nats.data())[0] / count;

const place = mkdtempSync(join(tmpdir(), "reformer-export-"));
const file = join(place, "tokens.txt");
writeFileSync(file, tokens.join(" "));
const { stdout, stderr, status } = spawnSync(
  python,
  [join(root, "tools/golden/check_export.py"), folder, file],
  { encoding: "utf8" },
);
rmSync(place, { recursive: true });
if (status !== 0) {
  console.error(stderr);
  process.exit(1);
}
const theirs = JSON.parse(stdout.trim().split("\n").at(-1));
console.log(
  `transformers ${theirs.loss}, here ${ours}, apart ${Math.abs(theirs.loss - ours).toExponential(1)}`,
);
console.log(
  `missing there: ${theirs.missing.join(", ") || "nothing"}; unexpected: ${theirs.unexpected.join(", ") || "nothing"}`,
);
process.exit(
  Math.abs(theirs.loss - ours) < 1e-5 && theirs.missing.length + theirs.unexpected.length === 0 ? 0 : 1,
);
