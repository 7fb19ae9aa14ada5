/**
 * `pnpm check:properties`: every property of lsh, reversible and model on 1,000 random examples instead of 100.
 *
 *     node tools/check/properties.mjs [runs] [arguments of vitest]
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pnpm, root } from "../run/process.mjs";

const [runs = "1000", ...vitestArguments] = process.argv.slice(2);
const files = ["lsh", "reversible", "model"].flatMap((name) =>
  readdirSync(join(root, "packages", name), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".test.ts") && !/(^|[\\/])node_modules[\\/]/.test(file))
    .map((file) => join("packages", name, file))
    .filter((file) => readFileSync(join(root, file), "utf8").includes('from "fast-check"')),
);

process.env.REFORMER_PROPERTY_RUNS = runs;
process.exitCode = await pnpm("exec", "vitest", "run", ...files, ...vitestArguments);
