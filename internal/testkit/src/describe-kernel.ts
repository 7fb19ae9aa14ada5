/**
 * One suite for every kernel on every backend: random cases against a reference in float64, no tensor left behind,
 * and nothing but a refusal for inputs that are not what the contract says.
 *
 * It runs on the backend that is open when it is called, by the kernel that is registered there.
 */
import * as tf from "@tensorflow/tfjs-core";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeBounds } from "./describe-bounds";
import {
  callInTidy,
  disposeAll,
  type ExpectedTensor,
  type KernelCall,
  type KernelContract,
  refusal,
  replaceInput,
  runKernel,
} from "./kernel-contract";
import { watchDevice } from "./watch-device";

/** Backends whose kernels cannot look at their inputs before they run. */
const blindBackends = ["webgpu"];

/** Random cases per kernel and backend; `pnpm check:kernels` asks for 200. */
const runs = Number(process.env["REFORMER_KERNEL_RUNS"] ?? 25);

export function describeKernel<Case>(contract: KernelContract<Case>): void {
  const { name, cases, example } = contract;
  const isMissing = tf.getKernel(name, tf.getBackend()) === undefined;
  const isBlind = blindBackends.includes(tf.getBackend());
  describe.skipIf(isMissing)(`${name} on ${tf.getBackend()}`, () => {
    test(`${runs} random cases agree with the reference`, async () => {
      await fc.assert(
        fc.asyncProperty(cases, async (testCase) => {
          const call = contract.call(testCase);
          const outputs = runKernel(name, call);
          try {
            await expectTensors(outputs, contract.expected(testCase, call));
          } finally {
            disposeAll([...outputs, ...Object.values(call.inputs)]);
          }
        }),
        { numRuns: runs },
      );
    });

    test("leaves no tensor behind, and all others as they were", async () => {
      const sentinels = [sentinel()];
      const call = contract.call(example);
      const given = Object.values(call.inputs).flatMap((tensor) => tensor ?? []);
      // What the kernel may write over is shared here, so it must not.
      const shared = (contract.takes ?? []).map((input) => tf.clone(call.inputs[input]!));
      sentinels.push(sentinel());
      const watched = [...given, ...sentinels];
      const before = await Promise.all(watched.map(readAnew));
      disposeAll(runKernel(name, call));
      const { numTensors, numDataBuffers, numBytes } = tf.memory();
      disposeAll(runKernel(name, call));
      expect(tf.memory()).toMatchObject({ numTensors, numDataBuffers, numBytes });
      expect(await Promise.all(watched.map(readAnew))).toEqual(before);
      disposeAll([...watched, ...shared]);
    });

    test.runIf(contract.takes)("changes what it takes, even where that was read before", async () => {
      const call = contract.call(example);
      const expected = contract.expected(example, call);
      const taken = contract.takes!.map((input) => call.inputs[input]!);
      await Promise.all(taken.map(readAnew));
      await Promise.all(taken.map((tensor) => tensor.data()));
      const outputs = runKernel(name, call);
      disposeAll(taken);
      expect(outputs).toHaveLength(expected.length);
      await expectTensors(outputs, expected);
      const rest = Object.values(call.inputs).filter((tensor) => tensor && !tensor.isDisposed);
      disposeAll([...outputs, ...rest]);
    });

    // WGSL need not know NaN.
    const floatInputs = isBlind ? [] : floatInputsOf(contract);
    test.for(floatInputs)("makes no numbers of %s that are none", async (input) => {
      const spoil = replaceInput(input, ({ shape }) => tf.fill(shape, Number.NaN));
      const call = callInTidy(() => spoil(contract.call(example)));
      const outputs = runKernel(name, call);
      const values = await Promise.all(outputs.map((output) => output.data()));
      expect(values.some((numbers) => numbers.some(Number.isNaN))).toBe(true);
      disposeAll([...outputs, ...Object.values(call.inputs)]);
    });

    const { refused = {}, refusedContents = {} } = contract;
    const spoiled = { ...spoiledInputs(contract), ...refused, ...(isBlind ? {} : refusedContents) };
    test.each(Object.keys(spoiled))("refuses %s, and holds on to nothing", (what) => {
      const { numDataBuffers } = tf.memory();
      tf.tidy(() => {
        const call = spoiled[what]!(contract.call(example));
        const refuse = () => expect(() => runKernel(name, call)).toThrow(refusal);
        expect(programsOf(refuse)).toEqual([]);
      });
      expect(tf.memory().numDataBuffers).toBe(numDataBuffers);
    });

    if (tf.getBackend() === "wasm") describeBounds(contract, spoiled, runs);
    if (!isBlind) return;
    test.for(Object.keys(refusedContents))("is not led astray by %s", async (what) => {
      const call = refusedContents[what]!(contract.call(example));
      const { before, after, outputs } = await runBlindly(name, call);
      expect(after).toEqual(before);
      contract.nonsense?.(outputs, call);
    });
  });
}

/** Lets a kernel work on nonsense; returns its inputs and what is none of its business, before and after, and what it made. */
async function runBlindly(name: string, call: KernelCall) {
  const watched = [...Object.values(call.inputs).filter((tensor) => tensor !== undefined), sentinel()];
  const before = await Promise.all(watched.map(readAnew));
  const made = runKernel(name, call);
  const outputs = await Promise.all(made.map(async (output) => (await output.data()).slice()));
  const after = await Promise.all(watched.map(readAnew));
  disposeAll([...made, ...watched]);
  return { before, after, outputs };
}

/** What a device is asked to run; nothing on backends that cannot be listened to. */
function programsOf(work: () => void): string[] {
  if (tf.getBackend() === "webgpu") return watchDevice(work).use.dispatches;
  work();
  return [];
}

/** A tensor that is on the device, for nobody to touch. */
function sentinel(): tf.Tensor {
  return tf.tidy(() => tf.add(tf.ones([1000]), tf.range(0, 1000)));
}

/** What is on the device, rather than what was once read from there. */
async function readAnew(tensor: tf.Tensor): Promise<ArrayLike<number>> {
  const copy = tf.tidy(() => tf.add(tensor, tf.scalar(0, tensor.dtype as "float32" | "int32")));
  const values = (await copy.data()).slice();
  copy.dispose();
  return values;
}

function floatInputsOf<Case>({ call, example, hidesNaN = [] }: KernelContract<Case>): string[] {
  return tf.tidy(() =>
    Object.entries(call(example).inputs).flatMap(([input, tensor]) =>
      tensor?.dtype === "float32" && !hidesNaN.includes(input) ? [input] : [],
    ),
  );
}

/** What no kernel may take, from the contract alone. */
function spoiledInputs<Case>({
  call,
  example,
  free = [],
  ofAnyType = [],
  anyShape = false,
}: KernelContract<Case>) {
  const inputs = tf.tidy(() =>
    Object.entries(call(example).inputs).flatMap(([input, tensor]) => (tensor ? [input] : [])),
  );
  const spoiled: Record<string, (call: KernelCall) => KernelCall> = {};
  for (const input of inputs) {
    if (!ofAnyType.includes(input)) spoiled[`${input} of another type`] = replaceInput(input, anotherType);
    if (!anyShape)
      spoiled[`${input} with an axis too many`] = replaceInput(input, (tensor) => tf.expandDims(tensor));
    if (free.includes(input)) continue;
    spoiled[`${input} with a longer last axis`] = replaceInput(input, (tensor) => resized(tensor, 1));
    spoiled[`${input} with a shorter last axis`] = replaceInput(input, (tensor) => resized(tensor, -1));
  }
  return spoiled;
}

async function expectTensors(actual: tf.Tensor[], expected: readonly ExpectedTensor[]): Promise<void> {
  expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
  for (const [i, { values, tolerance }] of expected.entries()) {
    const got = await actual[i]!.data();
    expect(got, `output ${i}`).toBeAllClose(values, tolerance ?? { absolute: 0, relative: 0 });
  }
}

function anotherType(tensor: tf.Tensor): tf.Tensor {
  return tf.zeros(tensor.shape, tensor.dtype === "int32" ? "float32" : "int32");
}

function resized(tensor: tf.Tensor, by: number): tf.Tensor {
  return tf.zeros(
    [...tensor.shape.slice(0, -1), tensor.shape.at(-1)! + by],
    tensor.dtype as "float32" | "int32",
  );
}
