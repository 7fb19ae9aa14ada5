import { library } from "../../internal/build/tsup";

export default library({ index: "src/index.ts", node: "src/node/index.ts" });
