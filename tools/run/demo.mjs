/** Trains on a novel and writes on from it: what a newcomer should see first. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { flag, prepare, reformer } from "./prepare.mjs";
import { root, run } from "./process.mjs";

/** @param words of the command line, handed to `reformer train` */
export async function demo(words) {
  const prepared = await prepare(words);
  if (prepared === null) return 1;
  const folder = flag(words, "run") ?? nextFolder();
  // WebAssembly computes at a tenth of the speed, so what it is given is smaller.
  const config = prepared.tensorflow ? "demo" : "demo-small";

  console.error("\n── train on Crime and Punishment (Dostoevsky, 1866; translated by Constance Garnett)");
  const trained = await here("train", "--config", config, ...words, "--run", folder);
  if (trained !== 0) return trained;

  console.error("\n── 500 characters that continue a passage which training never saw");
  const asked = flag(words, "backend");
  const backend = asked === undefined ? [] : ["--backend", asked];
  const written = await here("generate", folder, "--tokens", "500", ...backend);
  if (written !== 0) return written;

  console.error(`
── next, try
   npm run reformer -- generate ${folder} --prompt "Raskolnikov " --temperature 0.6
   npm run reformer -- train --config novel
   npm run reformer -- train --corpus some-text-of-yours.txt --minutes 10`);
  return 0;
}

const here = (...words) => run(process.execPath, [reformer, ...words]);

/** runs/demo, or runs/demo-2 … when there is one already. */
function nextFolder() {
  for (let n = 1; ; n++) {
    const folder = join("runs", n === 1 ? "demo" : `demo-${n}`);
    if (!existsSync(join(root, folder))) return folder;
  }
}
