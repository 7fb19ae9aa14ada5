import { expect, test } from "vitest";

// @ts-expect-error a plain script, without types
import { startable as startableFromAClone } from "../../../../tools/run/process.mjs";
import { startable } from "./startable";

const words = ["install", "--prefix", "C:\\Users\\Ada Lovelace\\reformer-ts"];

test("on Windows npm is a batch file, which a shell starts with its words in quotation marks", () => {
  expect(startable("npm", words, "win32")).toEqual({
    file: 'npm.cmd "install" "--prefix" "C:\\Users\\Ada Lovelace\\reformer-ts"',
    parameters: [],
    shell: true,
  });
});

test.each([
  ["npm", "linux"],
  ["npm", "darwin"],
  ["C:\\Program Files\\nodejs\\node.exe", "win32"],
] as const)("%s on %s is started as it is", (file, platform) => {
  expect(startable(file, words, platform)).toEqual({ file, parameters: words, shell: false });
});

test("the scripts that run from a bare clone, which import nothing, do the same", () => {
  for (const platform of ["win32", "linux"] as const)
    for (const file of ["npm", "npx", "node"])
      expect(startableFromAClone(file, words, platform)).toEqual(startable(file, words, platform));
});
