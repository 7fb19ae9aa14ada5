/**
 * `pnpm check:properties`: every property of lsh, reversible and model on 1,000 examples instead of 100, drawn anew
 * unless `REFORMER_PROPERTY_SEED` tells which.
 *
 *     node tools/check/properties.mjs [runs] [arguments of vitest]
 */
import { randomInt } from "node:crypto";
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

const seed = (process.env.REFORMER_PROPERTY_SEED ??= String(randomInt(2 ** 31)));
process.env.REFORMER_PROPERTY_RUNS = runs;
process.stdout.write(`REFORMER_PROPERTY_SEED=${seed}\n`);
process.exitCode = await pnpm("exec", "vitest", "run", ...files, ...vitestArguments);
