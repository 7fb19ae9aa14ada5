import type { ReformerConfig } from "../config";
import type { Parameters } from "../parameters";
import { classHead } from "./class-head";
import type { Head } from "./head";
import { spanHead } from "./span-head";
import { tokenHead } from "./token-head";

export type { Head } from "./head";

export function headOf(config: ReformerConfig, parameters: Parameters): Head {
  switch (config.head) {
    case "tokens":
      return tokenHead(config, parameters);
    case "class":
      return classHead(config, parameters);
    case "span":
      return spanHead(config, parameters);
  }
}
