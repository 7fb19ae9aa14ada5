import type { ReformerConfig } from "../config";
import type { StoredTensor } from "./safetensors";

/** A model as files hold it: no tensor has been made yet. */
export interface StoredModel {
  config: ReformerConfig;
  /** By our names, in our layouts, F32. */
  state: Record<string, StoredTensor>;
}
