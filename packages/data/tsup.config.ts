import { library } from "../../internal/build/tsup";

export default library({
  index: "src/index.ts",
  images: "src/images/index.ts",
  midi: "src/midi/index.ts",
  node: "src/node/index.ts",
  subword: "src/subword/index.ts",
});
