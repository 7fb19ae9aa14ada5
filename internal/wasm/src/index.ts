/** What the WASM kernels of all packages share: how a module is opened, called, and handed to tfjs. */
export { floats, integers, type InputForm, required } from "./input-forms";
export { type KernelContext } from "./kernel-context";
export { type Builds, type BuildName, registerBuild, type RegisteredKernels } from "./register-build";
export { type WasmKernel } from "./wasm-kernel";
export { registerRoom } from "./room";
