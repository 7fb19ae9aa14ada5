/** How a new run begins: with fresh weights, or with those of another model, which it goes on to train. */
import { InputError } from "@reformer-ts/internal-checks";
import { parameterShapes, type PositionChange, type ReformerConfig } from "@reformer-ts/model";
import { openSource, type ReformerSource, withPositionChange } from "../checkpoints/open-source";
import { readConfigFile } from "../config/files";
import { flagName } from "../config/flags";
import type { NamedLayer } from "../config/layer";
import { resolveRun } from "../config/resolve";
import type { RunConfig } from "../config/schema";

export interface Beginning {
  config: RunConfig;
  /** Null for fresh weights. */
  source: ReformerSource | null;
}

/**
 * With weights from elsewhere the model is theirs, whatever the config file says of one. Flags change what leaves no trace in
 * weights, such as dropout and hashing, and positions, whose tables are then resized.
 *
 * @param flags.init where the weights are; undefined for fresh ones
 * @throws InputError when there are none, or a flag asks for weights of another shape
 */
export async function beginRun(
  { config = "novel", init }: { config?: string; init?: string },
  overrides: NamedLayer,
  log: (line: string) => void,
): Promise<Beginning> {
  const file = readConfigFile(config);
  if (init === undefined) return { config: resolveRun([file, overrides]), source: null };
  if (isTranslation(overrides) ?? isTranslation(file)) {
    throw new InputError({
      field: "--init",
      given: `${init}, for task translation`,
      allowed:
        "left out: translation begins with fresh weights; a run goes on with `reformer train --resume`",
    });
  }
  const source = withPositionChange(await openSource(init, { log }), positionChange(overrides));
  const theirs = { file: init, values: { model: { ...source.model.config } } };
  const resolved = resolveRun([file, theirs, overrides]);
  // Of no other task the model is an encoder-decoder.
  requireSameShapes(resolved.model as ReformerConfig, source, overrides);
  return { config: resolved, source };
}

/** Undefined where nothing is said of the task. */
function isTranslation({ values }: NamedLayer): boolean | undefined {
  const task = values.data?.["task"];
  return task === undefined ? undefined : task === "translation";
}

const positionKeys = ["maxLength", "axialShape", "axialDims", "positions"] as const;

function positionChange({ values: { model = {} } }: NamedLayer): PositionChange {
  const given = positionKeys.filter((key) => model[key] !== undefined && model[key] !== null);
  return Object.fromEntries(given.map((key) => [key, model[key]]));
}

function requireSameShapes(
  config: ReformerConfig,
  { path, model }: ReformerSource,
  { values: { model: given = {} } }: NamedLayer,
): void {
  if (JSON.stringify(parameterShapes(config)) === JSON.stringify(parameterShapes(model.config))) return;
  const keys = Object.keys(given) as (keyof ReformerConfig)[];
  const other = keys.filter((key) => JSON.stringify(config[key]) !== JSON.stringify(model.config[key]));
  throw new InputError({
    field: other.map(flagName).join(", "),
    given: other.map((key) => JSON.stringify(config[key])).join(", "),
    allowed: `${other.map((key) => JSON.stringify(model.config[key])).join(", ")}, because the weights of ${path} are so`,
  });
}
