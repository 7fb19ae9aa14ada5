/** A contract met by a WASM module, as a kernel of tfjs. */
import type { KernelConfig, KernelFunc, NamedAttrMap, TensorInfo } from "@tensorflow/tfjs-core";
import { checkInputs, type InputForm } from "./input-forms";
import { createContext, type KernelContext } from "./kernel-context";
import type { WasmBackend } from "./wasm-backend";

export interface WasmKernel<Exports, Attributes = never> {
  name: string;
  inputs: Record<string, InputForm>;
  /**
   * Checks what shapes alone do not say, asks for outputs and scratch memory, and calls the module.
   *
   * @throws InputError before anything was computed
   */
  run(context: KernelContext<Exports>, attributes: Attributes): void;
}

/** @param moduleOf the module's functions on the memory of the given backend */
export function kernelConfig<Exports>(
  { name, inputs: forms, run }: WasmKernel<Exports>,
  moduleOf: (backend: WasmBackend) => Exports,
): KernelConfig {
  const compute = run as (context: KernelContext<Exports>, attributes: NamedAttrMap) => void;
  const kernelFunc: KernelFunc = ({ inputs, attrs, backend: given }) => {
    const backend = given as unknown as WasmBackend;
    const tensors: Record<string, TensorInfo | undefined> = inputs;
    const sizes = checkInputs(forms, tensors);
    const { context, outputs, free, abandon } = createContext(backend, moduleOf(backend), tensors, sizes);
    try {
      compute(context, attrs ?? {});
      return outputs;
    } catch (error) {
      abandon();
      throw error;
    } finally {
      free();
    }
  };
  return { kernelName: name, backendName: "wasm", kernelFunc };
}
