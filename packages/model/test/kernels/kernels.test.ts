/** Every kernel of this package that the running backend has, held to its contract. */
import { describeKernel } from "@reformer-ts/internal-testkit";
import { adamContract } from "./adam-contract";
import { feedForwardContract, feedForwardGradContract } from "./feed-forward-contract";
import {
  headsContract,
  headsGradContract,
  mergeHeadsContract,
  mergeHeadsGradContract,
} from "./heads-contract";
import { tokenHeadContract } from "./token-head-contract";

describeKernel(feedForwardContract);
describeKernel(feedForwardGradContract);
describeKernel(headsContract);
describeKernel(headsGradContract);
describeKernel(mergeHeadsContract);
describeKernel(mergeHeadsGradContract);
describeKernel(tokenHeadContract);
describeKernel(adamContract);
