/** `node tools/docs/peer-names.mjs`: writes test/peer-names.json, the options of the other Reformers, from their packages. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { environments, pythonOf } from "../../bench/peers/environments.mjs";

const script = fileURLToPath(new URL("peer_names.py", import.meta.url));
const target = fileURLToPath(new URL("../../test/peer-names.json", import.meta.url));
const peers = { torch: ["transformers", "reformer-pytorch"], trax: ["trax"] };

const names = Object.entries(peers).map(([environment, packages]) =>
  JSON.parse(
    execFileSync(pythonOf(environment), [script, ...packages], { encoding: "utf8" })
      .split("\n")
      .at(-2),
  ),
);
const versions = Object.values(environments)
  .flat()
  .filter((pin) => /^(transformers|reformer-pytorch|trax)==/.test(pin));
writeFileSync(target, `${JSON.stringify({ versions, ...Object.assign({}, ...names) }, null, 2)}\n`);
console.log(target);
