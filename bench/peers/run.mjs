/**
 * `pnpm bench:peers`: training steps of every Reformer that there is, one after the other for each length and round, on this
 * machine. Makes the Python environments that are missing. Needs `pnpm build`.
 *
 *     pnpm bench:peers [--lengths 4096,16384] [--only reformer-ts,trax] [--rounds 3] [--keep FILE]
 *
 * With --keep results are added to a file, so that a long comparison can be made in parts; the tables are of all of it.
 */
import { appendFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { machine, readLines } from "../performance/facts.mjs";
import { contestants } from "./contestants.mjs";
import { runContestant } from "./run-contestant.mjs";
import { peersTable } from "./table.mjs";

const { values: flags } = parseArgs({
  options: {
    lengths: { type: "string", default: "4096,16384,65536,262144" },
    only: { type: "string", default: Object.keys(contestants).join(",") },
    rounds: { type: "string", default: "3" },
    keep: { type: "string" },
  },
});
const who = flags.only.split(",");
const stranger = who.find((name) => !Object.hasOwn(contestants, name));
if (stranger !== undefined) {
  console.error(`--only is ${stranger}, but must be some of ${Object.keys(contestants).join(", ")}.`);
  process.exit(2);
}

const results = [];
for (const length of flags.lengths.split(",").map(Number)) {
  // Of a quarter of a million tokens, a step alone takes minutes.
  const rounds = length >= 262_144 ? 1 : Number(flags.rounds);
  for (let round = 0; round < rounds; round++) {
    for (const name of who) {
      const { seconds, peakBytes, failed, about } = await runContestant(contestants[name](length));
      const result = { length, name, seconds, peakBytes, failed, about, ...machine() };
      results.push(result);
      if (flags.keep) appendFileSync(flags.keep, `${JSON.stringify(result)}\n`);
      console.error(`${length} ${name}: ${failed ?? seconds.map((each) => each.toFixed(2)).join(" ")}`);
    }
  }
}
console.log(peersTable(flags.keep ? readLines(flags.keep) : results));
