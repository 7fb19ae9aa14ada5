/** Kernels that change a stream, or a gradient, where it stands: what their plain counterparts make, added or taken off. */
import { type ExpectedTensor, type KernelContract } from "@reformer-ts/internal-testkit";
import { Random } from "@reformer-ts/internal-random";
import { tensor } from "@tensorflow/tfjs-core";
import { modelKernelNames } from "../../src/kernels/names";
import { feedForwardContract, feedForwardGradContract } from "./feed-forward-contract";
import { headsGradContract, mergeHeadsContract } from "./heads-contract";

interface Sizes {
  batch: number;
  length: number;
  dModel: number;
  seed: number;
}

/** An input, and which output it becomes: that input plus `sign` times what the plain kernel makes. */
interface Change {
  input: "stream" | "gradient";
  output: number;
  sign: number;
}

function drawn({ batch, length, dModel, seed }: Sizes, { output }: Change): Float32Array {
  return Random.fromSeed(seed + 100 + output).normals(batch * length * dModel);
}

function changing<Case extends Sizes>(
  plain: KernelContract<Case>,
  name: string,
  changesOf: (testCase: Case) => readonly Change[],
  attributesOf: (testCase: Case) => object = () => ({}),
): KernelContract<Case> {
  return {
    ...plain,
    name,
    takes: changesOf(plain.example).map(({ input }) => input),
    call(testCase) {
      const { inputs, attributes } = plain.call(testCase);
      const { batch, length, dModel } = testCase;
      const changed = changesOf(testCase).map((change) => [
        change.input,
        tensor(drawn(testCase, change), [batch, length, dModel]),
      ]);
      return {
        inputs: { ...inputs, ...Object.fromEntries(changed) },
        attributes: { ...attributes, ...attributesOf(testCase) },
      };
    },
    expected(testCase, call) {
      const outputs: ExpectedTensor[] = [...plain.expected(testCase, call)];
      for (const change of changesOf(testCase)) {
        const made = outputs[change.output]!;
        const before = drawn(testCase, change);
        const values = Float64Array.from(before, (value, i) => value + change.sign * made.values[i]!);
        outputs[change.output] = { ...made, values };
      }
      return outputs;
    },
  };
}

const addition: Change = { input: "stream", output: 0, sign: 1 };

/** Of the flags of a case none is asked of kernels that work in place. */
const withFlag = <Case>(contract: KernelContract<Case>, flag: boolean): KernelContract<Case> => ({
  ...contract,
  cases: contract.cases.map((testCase) => ({ ...testCase, flag, hasActivated: false })),
  example: { ...contract.example, flag, hasActivated: false },
});

export const addFeedForwardContract = changing(
  withFlag(feedForwardContract, false),
  modelKernelNames.addFeedForward,
  () => [addition],
);

export const undoFeedForwardContract = changing(
  withFlag(feedForwardGradContract, true),
  modelKernelNames.undoFeedForward,
  () => [
    { input: "stream", output: 0, sign: -1 },
    { input: "gradient", output: 1, sign: 1 },
  ],
);

export const addHeadsGradContract = changing(headsGradContract, modelKernelNames.addHeadsGrad, () => [
  { input: "gradient", output: 0, sign: 1 },
]);

const signOf = ({ seed }: Sizes) => (seed % 2 === 0 ? 1 : -1);

export const addMergedHeadsContract = changing(
  mergeHeadsContract,
  modelKernelNames.addMergedHeads,
  (testCase) => [{ ...addition, sign: signOf(testCase) }],
  (testCase) => ({ sign: signOf(testCase) }),
);
