/** What tests on tensors share. Importing it teaches vitest's `expect` the matcher `toBeAllClose`. */
import "./all-close";

export type { Tolerance } from "./all-close";
export { expectNoLeak } from "./expect-no-leak";
export { numericGradient } from "./numeric-gradient";
