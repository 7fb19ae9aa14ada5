/** What has to arrive before anything can be seen. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { root } from "./hosts";

const ceiling = 150_000;

/** The page's scripts and all that they import at once, not what they load later. */
function firstScripts(): string[] {
  const html = readFileSync(join(root, "dist/index.html"), "utf8");
  const waiting = [...html.matchAll(/(?:src|href)="\.\/([^"]+\.js)"/g)].map(([, file]) => file!);
  const found = new Set<string>();
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    const text = readFileSync(join(root, "dist", file), "utf8");
    for (const [, name] of text.matchAll(/(?:^|[;}])(?:import|export)[^;"'()]*?["']\.\/([^"']+\.js)["']/g)) {
      waiting.push(`assets/${name}`);
    }
  }
  return [...found];
}

it(`needs at most ${ceiling / 1000} kB of compressed script for the first paint`, () => {
  const scripts = firstScripts();
  const bytes = scripts.reduce(
    (sum, file) => sum + gzipSync(readFileSync(join(root, "dist", file))).length,
    0,
  );
  console.log(`first paint: ${(bytes / 1000).toFixed(1)} kB of script, gzip, in ${scripts.length} file(s)`);
  expect(scripts.length).toBeGreaterThan(0);
  expect(bytes).toBeLessThan(ceiling);
});
