/** The optimizer that a config asks for; what it leaves open is each one's own default. */
import { adafactor, adam, adamW, type Optimizer, type Parameters } from "@reformer-ts/model";
import type { RunConfig } from "./config/schema";

export function optimizerOf(
  parameters: Parameters,
  { optimizer, beta1, beta2, epsilon, weightDecay }: RunConfig["training"],
): Optimizer {
  const own = {
    ...(beta1 === null ? {} : { beta1 }),
    ...(weightDecay === null ? {} : { weightDecay }),
  };
  switch (optimizer) {
    case "adam":
      return adam(parameters, { beta2, epsilon, ...own });
    case "adamw":
      return adamW(parameters, { beta2, epsilon, ...own });
    case "adafactor":
      return adafactor(parameters, own);
  }
}
