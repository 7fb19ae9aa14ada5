import { library } from "../../internal/build/tsup";

export default library({
  index: "src/index.ts",
  "kernels/wasm": "src/kernels/wasm/index.ts",
  "kernels/webgpu": "src/kernels/webgpu/index.ts",
  // Not an entry of the package: schemas in a file of their own, which a bundler leaves out, with zod, where nothing asks for them.
  schemas: "src/encoder-decoder/config.ts",
});
