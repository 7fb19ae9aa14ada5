import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { presetNames, readConfigFile } from "./files";

let folder = "";
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "reformer-config-"))));
afterAll(() => rmSync(folder, { recursive: true }));

function write(text: string | Uint8Array): string {
  const path = join(folder, "my.yaml");
  writeFileSync(path, text);
  return path;
}

describe("readConfigFile", () => {
  it("reads YAML and JSON alike", () => {
    expect(readConfigFile(write("training:\n  steps: 5 # five\n")).values).toEqual({
      training: { steps: 5 },
    });
    expect(readConfigFile(write('{"training": {"steps": 5}}')).values).toEqual({ training: { steps: 5 } });
    expect(readConfigFile(write("# nothing but a comment\n")).values).toEqual({});
  });

  it.each([
    ["a: [1, 2", "is not YAML at line 1"],
    ["a: 1\na: 2\n", "is not YAML at line 2, column 1 (Map keys must be unique)"],
    ["a: &a [1]\nb: *c\n", "is not YAML"],
    ["{a: 1}}", "is not YAML"],
    ["a: 1\n\tb: 2", "is not YAML"],
    ["key: !!js/function x", "is not YAML"],
    ["a: 1\n---\nb: 2\n", "is not YAML"],
    [new Uint8Array(2 << 20), "is 2097152 bytes long"],
    [`a: &a [x]\n${Array.from({ length: 30 }, (_, i) => `k${i}: *a`).join("\n")}`, "is not YAML"],
  ])("refuses %j", (text, message) => {
    expect(() => readConfigFile(write(text))).toThrow(message);
  });

  it("refuses folders, missing files and misspelt presets", () => {
    mkdirSync(join(folder, "sub"));
    expect(() => readConfigFile(join(folder, "sub"))).toThrow("but must be a YAML or JSON file");
    expect(() => readConfigFile("debgu")).toThrow(
      "--config is debgu, but must be debug (did you mean that?)",
    );
    expect(() => readConfigFile(join(folder, "gone.yaml"))).toThrow(
      `the path of a file or one of ${presetNames().join(", ")}`,
    );
  });
});
