/** What runs in the browser: each kernel on a few cases, against the reference, and whether the device complained. */
import * as tf from "@tensorflow/tfjs-core";
import type { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import "@tensorflow/tfjs-backend-webgpu";
import * as fc from "fast-check";
import { disposeAll, type KernelContract, runKernel } from "../../../internal/testkit/src/kernel-contract";
import { explainKernels } from "../../../packages/model/src/index";
import { registerWebgpuKernels } from "../../../packages/model/src/kernels/webgpu/index";
import * as contracts from "./contracts";

/** One kernel's result; `failure` is absent where all cases agree. */
interface Row {
  name: string;
  cases: number;
  /** Largest error in units of what is tolerated. */
  worst: number;
  failure?: string;
}

async function open() {
  await tf.setBackend("webgpu");
  registerWebgpuKernels();
  const { device } = tf.backend() as WebGPUBackend;
  const { maxComputeWorkgroupStorageSize: workgroupMemory, maxStorageBuffersPerShaderStage: buffers } =
    device.limits;
  return { ...explainKernels(), workgroupMemory, buffers };
}

/** @param only kernels whose names hold this; all without it */
async function check(runs: number, only = ""): Promise<Row[]> {
  const rows: Row[] = [];
  for (const contract of Object.values(contracts) as KernelContract<unknown>[]) {
    if (contract.name.includes(only)) rows.push(await checkKernel(contract, runs));
  }
  return rows;
}

async function checkKernel(contract: KernelContract<unknown>, runs: number): Promise<Row> {
  const row: Row = { name: contract.name, cases: 0, worst: 0 };
  const { device } = tf.backend() as WebGPUBackend;
  device.pushErrorScope("validation");
  for (const testCase of [contract.example, ...fc.sample(contract.cases, { numRuns: runs, seed: 1 })]) {
    const call = contract.call(testCase);
    const expected = contract.expected(testCase, call);
    const outputs = runKernel(contract.name, call);
    const found = await Promise.all(outputs.map((output) => output.data()));
    expected.forEach(({ values, tolerance: { absolute = 0, relative = 0 } = {} }, i) => {
      if (found[i]!.length !== values.length) row.failure ??= `output ${i} has ${found[i]!.length} numbers`;
      for (let at = 0; at < values.length; at++) {
        const error = Math.abs(found[i]![at]! - values[at]!);
        const worst = error === 0 ? 0 : error / (absolute + relative * Math.abs(values[at]!));
        if (worst > row.worst) row.worst = worst;
        if (!(worst <= 1)) {
          row.failure ??= `number ${at} of output ${i} is ${found[i]![at]} instead of ${values[at]}, in ${JSON.stringify(testCase)}`;
        }
      }
    });
    disposeAll([...outputs, ...Object.values(call.inputs)]);
    row.cases++;
  }
  const complaint = await device.popErrorScope();
  if (complaint) row.failure ??= complaint.message;
  return row;
}

Object.assign(globalThis, { kernels: { open, check } });
