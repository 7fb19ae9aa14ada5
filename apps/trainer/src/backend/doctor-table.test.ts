import { expect, test } from "vitest";

import type { DoctorReport } from "./doctor";
import { formatDoctorReport } from "./doctor-table";

test("a table for people", () => {
  const report: DoctorReport = {
    node: "v24.0.0",
    system: "linux-x64 6.1",
    cpu: "Analytical Engine",
    cores: 1,
    memoryBytes: 25e9,
    freeMemoryBytes: 3.14e9,
    cacheFolder: "a/cache",
    mpi: { works: true, version: "Open MPI v4.1.4", file: "libmpi.so.40" },
    backends: [
      {
        name: "tensorflow",
        works: true,
        isAuto: true,
        tfjsName: "tensorflow",
        label: "TensorFlow 2.21.0",
        device: "CPU",
        versions: {},
        rate: { size: 1024, gigaflops: 151.26 },
      },
      { name: "webgpu", works: false, isAuto: false, reason: "no adapter", remedy: "a driver" },
    ],
  };
  expect(formatDoctorReport(report)).toBe(
    `node    v24.0.0 on linux-x64 6.1
cpu     Analytical Engine, 1 core
memory  25.0 GB, 3.1 GB free
cache   a/cache
mpi     Open MPI v4.1.4 (libmpi.so.40)

backend                  matMul
tensorflow  151 GFLOP/s at 1024  TensorFlow 2.21.0, on CPU  <- auto
webgpu                        -  not available: no adapter; mend with a driver

--backend auto takes tensorflow.`,
  );
});

test("where nothing works it says so", () => {
  const report = { backends: [] as DoctorReport["backends"] } as DoctorReport;
  const machine = {
    node: "v24",
    system: "",
    cpu: "",
    cores: 2,
    memoryBytes: 0,
    freeMemoryBytes: 0,
    cacheFolder: "",
    mpi: { works: false, reason: "MPI is not installed" },
  };
  expect(formatDoctorReport({ ...machine, ...report })).toMatch(/No backend works here\.$/);
});
