/** What tests on tensors share. Importing it teaches vitest's `expect` the matcher `toBeAllClose`. */
import "./all-close";

export type { Tolerance } from "./all-close";
export { describeKernel } from "./describe-kernel";
export {
  type ExpectedTensor,
  gradientTolerance,
  type KernelCall,
  type KernelContract,
  outputTolerance,
  replaceAttributes,
  replaceInput,
} from "./kernel-contract";
export { expectNoLeak } from "./expect-no-leak";
export { numericGradient } from "./numeric-gradient";
export { type DeviceUse, watchDevice } from "./watch-device";
