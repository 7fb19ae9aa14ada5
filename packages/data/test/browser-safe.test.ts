import { readFileSync, readdirSync } from "node:fs";
import { join, sep } from "node:path";

import { expect, it } from "vitest";

const source = join(import.meta.dirname, "../src");
const shared = readdirSync(source, { recursive: true, encoding: "utf8" }).filter(
  (file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !file.startsWith(`node${sep}`),
);

it("has modules to look at", () => {
  expect(shared).toContain("windows.ts");
  expect(shared).toContain(join("subword", "index.ts"));
});

it.each(shared)("%s loads in a browser: nothing of Node is imported or named", (file) => {
  const code = readFileSync(join(source, file), "utf8");
  expect(code).not.toMatch(/from "(node:|[^"]*\/node["/])|\b(Buffer|process|require)\b[.(]/);
});
