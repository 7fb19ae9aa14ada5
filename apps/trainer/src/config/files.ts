/** Config files: presets that ship with the command, or the user's own, YAML or JSON. */
import { InputError, nearest } from "@reformer-ts/internal-checks";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { LineCounter, parseDocument } from "yaml";
import { packageFile } from "../package-file";
import type { Layer, NamedLayer } from "./layer";

/** Larger files are data that got here by mistake. */
const maxBytes = 1 << 20;

/** Names that `--config` takes besides paths. */
export function presetNames(): string[] {
  return readdirSync(packageFile("configs"))
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.slice(0, -".yaml".length))
    .toSorted();
}

/**
 * @param nameOrPath a preset's name, or the path of a file
 * @throws InputError when there is no such file or it is not YAML or JSON
 */
export function readConfigFile(nameOrPath: string): NamedLayer {
  const names = presetNames();
  if (names.includes(nameOrPath))
    return readLayer(packageFile(join("configs", `${nameOrPath}.yaml`)), nameOrPath);
  if (existsSync(nameOrPath)) return readLayer(nameOrPath, nameOrPath);
  const meant = nearest(nameOrPath, names);
  throw new InputError({
    field: "--config",
    given: nameOrPath,
    allowed: `${meant ? `${meant} (did you mean that?), ` : ""}the path of a file or one of ${names.join(", ")}`,
  });
}

function readLayer(path: string, name: string): NamedLayer {
  const { size } = statSync(path);
  if (!statSync(path).isFile() || size > maxBytes) {
    throw new InputError({
      field: name,
      given: size > maxBytes ? `${size} bytes long` : "no file",
      allowed: "a YAML or JSON file of at most 1 MB",
    });
  }
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(path, "utf8"), { lineCounter: lines, prettyErrors: false });
  // A tag that is not known is a warning to the library; here nothing is half understood.
  const [error] = [...document.errors, ...document.warnings];
  if (error) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw notYaml(name, `at line ${line}, column ${col} (${error.message})`);
  }
  try {
    return { file: name, values: (document.toJS({ maxAliasCount: 20 }) ?? {}) as Layer };
  } catch (aliases) {
    throw notYaml(name, `in its aliases (${(aliases as Error).message})`);
  }
}

function notYaml(name: string, why: string): InputError {
  return new InputError({ field: name, given: `not YAML ${why}`, allowed: "a YAML or JSON file" });
}
