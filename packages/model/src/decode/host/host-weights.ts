/** Parameters as numbers on the host; what layers share is copied once. */
import type { Tensor } from "@tensorflow/tfjs-core";
import type { Reformer } from "../../reformer";
import type { Dense, Products } from "./products";
import { hostProducts } from "./simd-products";

export interface HostWeights {
  products: Products;
  /** A parameter's numbers. */
  values(name: string): Promise<Float32Array>;
  /** A weight `[inputs, outputs]` with the bias of that name, ready for products. */
  dense(name: string, inputs: number, outputs: number, bias?: string): Promise<Dense>;
}

export function hostWeights({ parameters }: Reformer): HostWeights {
  const products = hostProducts();
  const loaded = new Map<Tensor, Promise<Dense>>();
  const values = async (name: string) => (await parameters.get(name).data()) as Float32Array;
  return {
    products,
    values,
    dense(name, inputs, outputs, bias) {
      const tensor = parameters.get(name);
      const known = loaded.get(tensor);
      if (known) return known;
      const load = async () =>
        products.dense(await values(name), { inputs, outputs, bias: bias ? await values(bias) : null });
      const loading = load();
      loaded.set(tensor, loading);
      return loading;
    },
  };
}
