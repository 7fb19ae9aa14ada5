import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

const source = join(import.meta.dirname, "../src");
const shared = readdirSync(source).filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));

it("has modules to look at", () => expect(shared).toContain("windows.ts"));

it.each(shared)("%s loads in a browser: nothing of Node is imported or named", (file) => {
  const code = readFileSync(join(source, file), "utf8");
  expect(code).not.toMatch(/from "(node:|\.\/node\/)|\b(Buffer|process|require)\b[.(]/);
});
