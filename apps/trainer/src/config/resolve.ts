/**
 * Defaults < those of the task < file < flags. Every layer is checked by itself first, so that a refusal names the place where the mistake
 * was made: a file's key or a flag.
 */
import { InputError, isInputError, nearest } from "@reformer-ts/internal-checks";
import { parse, resolveConfig, resolveEncoderDecoder } from "@reformer-ts/model";
import { isEncoderDecoder, type ModelConfig, modelKeys } from "../architecture/model-config";
import { tasks } from "../tasks";
import { flagName } from "./flags";
import type { Layer, NamedLayer } from "./layer";
import { type RunConfig, type SectionName, sectionNames, sections } from "./schema";

/**
 * A whole configuration out of layers, of which later ones win.
 *
 * @throws InputError for the first value that cannot be, named by where it was written
 */
export function resolveRun(layers: readonly NamedLayer[]): RunConfig {
  for (const layer of layers) checkLayer(layer);
  const merge = (section: SectionName, task: Layer = {}): Record<string, unknown> =>
    Object.assign({}, task[section], ...layers.map(({ values }) => values[section]));
  try {
    const data = parse(sections.data, merge("data"), "data");
    const kind = tasks[data.task];
    const task = kind.defaults?.(data) ?? {};
    const model = merge("model", task);
    const config: RunConfig = {
      model: resolveModel({ ...model, vocabSize: model["vocabSize"] ?? kind.vocabSize(data) }, data.task),
      data,
      training: parse(sections.training, merge("training", task), "training"),
    };
    checkTogether(config);
    return config;
  } catch (error) {
    throw isInputError(error) ? blame(error, layers) : error;
  }
}

/** @throws InputError when the config cannot be, or has a key of the other kind of model */
function resolveModel(options: Record<string, unknown>, task: RunConfig["data"]["task"]): ModelConfig {
  const kind = tasks[task].architecture;
  for (const [key, value] of Object.entries(options)) {
    if (modelKeys[kind].has(key) || value === undefined) continue;
    throw new InputError({
      field: `model.${key}`,
      given: JSON.stringify(value),
      allowed: `left out: the model of task ${task} has no such key${key === "layers" ? " but encoderLayers and decoderLayers" : ""}`,
    });
  }
  return kind === "reformer" ? resolveConfig(options, "model") : resolveEncoderDecoder(options, "model");
}

/** The same error, named by the layer that had the last word on its key; `section.key` in the error's field. */
function blame(error: InputError, layers: readonly NamedLayer[]): InputError {
  const [section, key] = error.field.split(".") as [SectionName, string];
  const layer = layers.findLast(({ values }) => values[section]?.[key] !== undefined);
  if (layer === undefined) return error;
  const field = layer.file === null ? flagName(key) : `${layer.file}: ${error.field}`;
  return new InputError({ field, given: error.given, allowed: error.allowed }, { cause: error });
}

/** @throws InputError when a file is no map of sections, or a value in it or in a flag is wrong by itself */
function checkLayer({ file, values }: NamedLayer): void {
  const name = file ?? "flags";
  if (typeof values !== "object" || values === null || Array.isArray(values)) {
    throw new InputError({
      field: name,
      given: describe(values),
      allowed: `a map with ${sectionNames.join(", ")}`,
    });
  }
  for (const [section, value] of Object.entries(values)) {
    if (!Object.hasOwn(sections, section)) throw unknownSection(section, name);
    if (value === null) continue;
    if (typeof value !== "object" || Array.isArray(value)) {
      throw new InputError({
        field: `${name}: ${section}`,
        given: describe(value),
        allowed: "a map of keys",
      });
    }
    try {
      parse(sections[section as SectionName], value, `${name}: ${section}`);
    } catch (error) {
      throw file === null && isInputError(error) ? namedByFlag(error) : error;
    }
  }
}

/** A key written at the top of a file is looked for in the sections: that is the usual mistake. */
function unknownSection(key: string, file: string): InputError {
  const home = sectionNames.find((section) => Object.hasOwn(sections[section].shape, key));
  const keys = [...sectionNames, ...sectionNames.flatMap((section) => Object.keys(sections[section].shape))];
  const meant = nearest(key, keys);
  const hint = home ? `written under ${home}` : `one of ${sectionNames.join(", ")}`;
  return new InputError({
    field: `${file}: ${key}`,
    given: home ? "at the top" : "not a known key",
    allowed: !home && meant ? `${meant} (did you mean that?), or ${hint}` : hint,
  });
}

function namedByFlag(error: InputError): InputError {
  const key = error.field.split(".")[1] ?? error.field;
  return new InputError(
    { field: flagName(key), given: error.given, allowed: error.allowed },
    { cause: error },
  );
}

/** What is right by itself and wrong together. */
function checkTogether({ model, data, training }: RunConfig): void {
  const length = tasks[data.task].length?.(data) ?? null;
  if (length !== null && training.length !== length) {
    throw new InputError({
      field: "training.length",
      given: `${training.length}`,
      allowed: `${length}, because an example of these data is so long`,
    });
  }
  if (training.length > model.maxLength) {
    throw new InputError({
      field: "training.length",
      given: `${training.length}`,
      allowed: `at most maxLength = ${model.maxLength}, the positions that the model has`,
    });
  }
  if ((training.evaluateStride ?? 1) > training.length) {
    throw new InputError({
      field: "training.evaluateStride",
      given: `${training.evaluateStride}`,
      allowed: `at most length = ${training.length}, or tokens between windows would not be measured`,
    });
  }
  if (isEncoderDecoder(model)) return requireEnd(training);
  if (!model.causal) {
    throw new InputError({
      field: "model.causal",
      given: "false",
      allowed: "true, because tokens are learned by foretelling them",
    });
  }
  requireEnd(training);
}

function requireEnd({ steps, minutes }: RunConfig["training"]): void {
  if (steps !== null || minutes !== null) return;
  throw new InputError({
    field: "training.steps",
    given: "null without minutes",
    allowed: "a number of steps, or null with minutes",
  });
}

function describe(value: unknown): string {
  return value === null || value === undefined
    ? "empty"
    : (JSON.stringify(value) ?? String(value)).slice(0, 60);
}
