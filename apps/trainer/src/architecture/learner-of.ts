/** From a configuration and parameters, which the caller goes on owning, to what is trained. */
import { createEncoderDecoder, createReformer, type Parameters } from "@reformer-ts/model";
import { languageLearner } from "./language-learner";
import type { Learner } from "./learner";
import { isEncoderDecoder, type ModelConfig } from "./model-config";
import { pairLearner } from "./pair-learner";

export function learnerOf(config: ModelConfig, parameters: Parameters): Learner {
  return isEncoderDecoder(config)
    ? pairLearner(createEncoderDecoder(config, parameters))
    : languageLearner(createReformer(config, parameters));
}
