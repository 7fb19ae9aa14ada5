/**
 * Real pip, real wheel, no network: pip is pointed at a folder that holds one small wheel made here.
 */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";

import { downloadWheel } from "./download-wheel";
import { runCommand } from "./run-command";
import { unpackWheel } from "./unpack-wheel";
import type { Wheel } from "./wheels";

const FILE = "reformer_fake-1.0-cp312-cp312-manylinux_2_27_x86_64.whl";
const MAKE_WHEEL = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as wheel:
    for name, text in {
        "tensorflow/libtensorflow_cc.so.2": "library " * 10000,
        "tensorflow/include/tensorflow/c/c_api.h": "// the C interface",
        "tensorflow/include/external/llvm-project/llvm.h": "// not ours",
        "tensorflow/python/ops.py": "pass",
        "reformer_fake-1.0.dist-info/METADATA": "Metadata-Version: 2.1\\nName: reformer-fake\\nVersion: 1.0\\n",
        "reformer_fake-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: false\\nTag: cp312-cp312-manylinux_2_27_x86_64\\n",
        "reformer_fake-1.0.dist-info/RECORD": "",
    }.items():
        wheel.writestr(name, text)
`;
const hasPip = (await runCommand("python3", ["-m", "pip", "--version"])).code === 0;

let index: string;
let folder: string;
let wheel: Wheel;

beforeAll(async () => {
  if (!hasPip) return;
  index = await mkdtemp(join(tmpdir(), "reformer-index-"));
  await runCommand("python3", ["-c", MAKE_WHEEL, join(index, FILE)]);
  const bytes = await readFile(join(index, FILE));
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  wheel = { requirement: "reformer-fake==1.0", file: FILE, sha256, megabytes: 1, provides: "tensorflow" };
});

afterAll(() => hasPip && rm(index, { recursive: true }));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "reformer-wheels-"));
  vi.stubEnv("PIP_NO_INDEX", "1");
  vi.stubEnv("PIP_FIND_LINKS", index);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const options = () => ({ folder, platforms: ["manylinux_2_27_x86_64"], python: "python3" });

test.runIf(hasPip)("pip brings a wheel for another Python, and only what is needed is unpacked", async () => {
  const path = await downloadWheel(wheel, options());
  const target = join(folder, "tensorflow");
  await mkdir(target);
  await unpackWheel(path, wheel, target);
  expect((await readdir(target, { recursive: true })).toSorted()).toEqual([
    "include",
    join("include", "tensorflow"),
    join("include", "tensorflow", "c"),
    join("include", "tensorflow", "c", "c_api.h"),
    "libtensorflow_cc.so.2",
  ]);
  expect(await readFile(join(target, "libtensorflow_cc.so.2"), "utf8")).toBe("library ".repeat(10_000));
});

test.runIf(hasPip)("a wheel that came before is not fetched again", async () => {
  const path = await downloadWheel(wheel, options());
  vi.stubEnv("PIP_FIND_LINKS", join(index, "gone"));
  expect(await downloadWheel(wheel, options())).toBe(path);
});

test.runIf(hasPip)("other bytes than those of the table are refused, and none are kept", async () => {
  const expected = "0".repeat(64);
  const refused = downloadWheel({ ...wheel, sha256: expected }, options());
  await expect(refused).rejects.toThrow(`is ${wheel.sha256}, but must be ${expected}`);
  expect(await readdir(folder)).toEqual([]);
});

test.runIf(hasPip)("what pip says of a wheel that is nowhere reaches the user in one sentence", async () => {
  const refused = downloadWheel({ ...wheel, requirement: "reformer-fake==2.0" }, options());
  await expect(refused).rejects.toThrow(
    /^the download of reformer-fake==2\.0 by pip is refused: ERROR: No matching.*WASM/,
  );
  expect(await readdir(folder)).toEqual([]);
});
