/**
 * How properties are tried: on the same examples in every run, so that one test passes or fails wherever it runs, and on
 * 100 of them, unless a test says so itself. `pnpm check:properties` draws others, and more.
 */
import { configureGlobal } from "fast-check";

configureGlobal({
  seed: Number(process.env["REFORMER_PROPERTY_SEED"] ?? 1),
  numRuns: Number(process.env["REFORMER_PROPERTY_RUNS"] ?? 100),
});
