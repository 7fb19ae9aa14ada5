/** Every kernel of this package that the running backend has, held to its contract. */
import { describeKernel } from "@reformer-ts/internal-testkit";
import { chunkAttentionContract, chunkAttentionGradContract } from "./attention-contract";
import {
  alignContract,
  hashContract,
  normalizeKeysContract,
  normalizeKeysGradContract,
  sortContract,
} from "./routing-contract";

describeKernel(hashContract);
describeKernel(sortContract);
describeKernel(alignContract);
describeKernel(normalizeKeysContract);
describeKernel(normalizeKeysGradContract);
describeKernel(chunkAttentionContract);
describeKernel(chunkAttentionGradContract);
