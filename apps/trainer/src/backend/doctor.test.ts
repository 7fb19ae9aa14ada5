import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { build } from "esbuild";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

import { packageFile } from "../package-file";
import { BACKENDS } from "./backends";
import { examine } from "./doctor";
import { formatDoctorReport } from "./doctor-table";

/** Inside the package, so that the built probe finds the same dependencies as the sources do. */
const folder = packageFile(`node_modules/.doctor-test-${process.pid}`);

beforeAll(async () => {
  vi.stubEnv("REFORMER_CACHE", join(folder, "no-cache"));
  await mkdir(folder, { recursive: true });
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

test("every backend has a row: measured, or out with a reason; auto takes the first that works", async () => {
  const probeFile = join(folder, "probe.mjs");
  await build({
    entryPoints: [packageFile("src/backend/probe.ts")],
    outfile: probeFile,
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["reformer-ts-source"],
    external: ["@tensorflow/*", "webgpu"],
  });
  const report = await examine({ probeFile });
  expect(report.backends.map((row) => row.name)).toEqual([...BACKENDS]);
  const rows = Object.fromEntries(report.backends.map((row) => [row.name, row]));
  expect(rows["tensorflow-gpu"]).toMatchObject({ works: false, remedy: "`reformer backend install --gpu`" });
  expect(rows["tensorflow"]).toMatchObject({ works: false, reason: "TensorFlow is not installed" });
  for (const name of ["wasm", "cpu"]) {
    const row = rows[name]!;
    if (!row.works) throw new Error(row.reason);
    expect(row.rate.gigaflops).toBeGreaterThan(0);
    expect(row.rate.size).toBeGreaterThanOrEqual(256);
  }
  const auto = report.backends.filter((row) => row.isAuto);
  expect(auto).toHaveLength(1);
  expect(["webgpu", "wasm"]).toContain(auto[0]!.name);
  expect(JSON.parse(JSON.stringify(report))).toEqual(report);
});

test("a backend that crashes costs its own row only", async () => {
  const probeFile = join(folder, "crash.mjs");
  await writeFile(
    probeFile,
    `if (process.argv[2] !== "cpu") process.kill(process.pid, "SIGSEGV");
     console.log(JSON.stringify({ works: true, name: "cpu", label: "plain", device: "CPU", rate: { size: 256, gigaflops: 1 } }));`,
  );
  const report = await examine({ probeFile });
  expect(report.backends[0]).toMatchObject({
    works: false,
    reason: "its process ended with SIGSEGV: ended by SIGSEGV",
  });
  expect(report.backends.find((row) => row.isAuto)?.name).toBe("cpu");
  expect(formatDoctorReport(report)).toMatch(/^cpu +1\.0 GFLOP\/s at 256 {2}plain, on CPU {2}<- auto$/m);
});
