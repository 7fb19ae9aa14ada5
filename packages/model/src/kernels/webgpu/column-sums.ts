/** Sums down columns, 256 rows at a time, and sums of those sums: the same order of additions on every device. */
import { release, runProgram } from "@reformer-ts/lsh/kernels/webgpu";
import type { KernelBackend, TensorInfo } from "@tensorflow/tfjs-core";

const stretch = 256;
/** Columns of a workgroup; four threads share one. */
const width = 64;

/** Where a sum goes: a new tensor of this shape, or one that is there. */
export type Target = { shape: readonly number[] } | TensorInfo;

export interface ColumnSums {
  /** Stands for the code. */
  key: string;
  inputs: Record<string, TensorInfo>;
  rows: number;
  columns: number;
  integers?: Record<string, number>;
  /** WGSL: `fn number(row: i32, column: i32) -> f32`. */
  code: string;
  output: Target;
  /** Add to what the output holds. */
  adds?: boolean;
}

export function columnSums(backend: KernelBackend, sums: ColumnSums): TensorInfo {
  const { key, inputs, rows, columns, integers = {}, code, output, adds = false } = sums;
  const parts = Math.max(1, Math.ceil(rows / stretch));
  const columnTiles = Math.ceil(columns / width);
  const isLast = parts === 1;
  const target = "dataId" in output ? output : { shape: output.shape, dtype: "float32" as const };
  const part = runProgram(backend, {
    key: `columnSums_${key}`,
    inputs,
    output: isLast ? target : { shape: [parts, columns], dtype: "float32" },
    integers: { ...integers, rows, columns, columnTiles, adds: Number(isLast && adds) },
    workgroups: parts * columnTiles,
    code: `${code}
var<workgroup> partials: array<f32, 256>;
fn run(workgroup: i32, thread: i32) {
  let part = workgroup / uniforms.columnTiles;
  let column = (workgroup % uniforms.columnTiles) * ${width} + thread % ${width};
  var sum = 0.0;
  if (column < uniforms.columns) {
    let end = min((part + 1) * ${stretch}, uniforms.rows);
    for (var row = part * ${stretch} + thread / ${width}; row < end; row += 4) { sum += number(row, column); }
  }
  partials[thread] = sum;
  workgroupBarrier();
  if (thread >= ${width} || column >= uniforms.columns || isPast(workgroup)) { return; }
  for (var lane = 1; lane < 4; lane++) { sum += partials[thread + lane * ${width}]; }
  let at = part * uniforms.columns + column;
  if (uniforms.adds == 1) { result[at] += sum; } else { result[at] = sum; }
}`,
  });
  if (isLast) return part;
  const whole = columnSums(backend, {
    key: "again",
    inputs: { part },
    rows: parts,
    columns,
    code: "fn number(row: i32, column: i32) -> f32 { return part[row * uniforms.columns + column]; }",
    output,
    adds,
  });
  release(backend, part);
  return whole;
}
