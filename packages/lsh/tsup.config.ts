import { library } from "../../internal/build/tsup";

export default library({
  index: "src/index.ts",
  layers: "src/layers/index.ts",
  "kernels/wasm": "src/kernels/wasm/index.ts",
  "kernels/webgpu": "src/kernels/webgpu/index.ts",
});
