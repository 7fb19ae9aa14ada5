import type { DoctorReport, DoctorRow } from "./doctor";

const HEADING = ["backend", "matMul", ""];

/** A report as plain text: the machine, then a line for each backend, the one that `auto` takes marked. */
export function formatDoctorReport(report: DoctorReport): string {
  const machine = [
    `node    ${report.node} on ${report.system}`,
    `cpu     ${report.cpu}, ${report.cores} ${report.cores === 1 ? "core" : "cores"}`,
    `memory  ${gigabytes(report.memoryBytes)} GB, ${gigabytes(report.freeMemoryBytes)} GB free`,
    `cache   ${report.cacheFolder}`,
    `mpi     ${report.mpi.works ? `${report.mpi.version} (${report.mpi.file})` : report.mpi.reason}`,
  ];
  const rows = [HEADING, ...report.backends.map(cells)];
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const table = rows.map(([name, rate, words]) =>
    `${name!.padEnd(widths[0]!)}  ${rate!.padStart(widths[1]!)}  ${words}`.trimEnd(),
  );
  return [...machine, "", ...table, "", verdict(report)].join("\n");
}

function cells(row: DoctorRow): string[] {
  if (!row.works) return [row.name, "-", `not available: ${row.reason}; mend with ${row.remedy}`];
  const { gigaflops, size } = row.rate;
  const rate = `${gigaflops.toFixed(gigaflops < 10 ? 1 : 0)} GFLOP/s at ${size}`;
  const kernels = row.kernels === undefined ? "" : `. ${row.kernels}`;
  return [row.name, rate, `${row.label}, on ${row.device}${kernels}${row.isAuto ? "  <- auto" : ""}`];
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}

function verdict({ backends }: DoctorReport): string {
  const auto = backends.find((row) => row.isAuto);
  return auto === undefined ? "No backend works here." : `--backend auto takes ${auto.name}.`;
}
