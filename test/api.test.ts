/** Every function and class that a package exports says what it is, in the words that an editor shows and the site prints. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const entries = readdirSync(`${root}/packages`).flatMap((name) => {
  const manifest = readFileSync(`${root}/packages/${name}/package.json`, "utf8");
  const { exports } = JSON.parse(manifest) as { exports: Record<string, string | Record<string, string>> };
  return Object.values(exports).flatMap((entry) =>
    typeof entry === "string" ? [] : `${root}/packages/${name}/${entry["reformer-ts-source"]}`,
  );
});

it("is described", () => {
  const { config } = ts.readConfigFile(`${root}/tsconfig.base.json`, ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram(entries, { ...options, noEmit: true });
  const checker = program.getTypeChecker();
  const exported = entries.flatMap((entry) => {
    const module = checker.getSymbolAtLocation(program.getSourceFile(entry)!)!;
    return checker
      .getExportsOfModule(module)
      .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))
      .filter(({ flags }) => flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Class))
      .map((symbol) => ({ name: symbol.name, text: symbol.getDocumentationComment(checker) }));
  });
  expect(exported.length).toBeGreaterThan(150);
  expect(exported.filter(({ text }) => text.length === 0).map(({ name }) => name)).toEqual([]);
});
