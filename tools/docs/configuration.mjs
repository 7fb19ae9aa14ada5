/** The configuration reference, from the schemas that the command itself parses with. */
import { build } from "esbuild";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

export async function writeConfiguration(root, target) {
  const outfile = join(root, "artifacts/configuration-schema.mjs");
  await build({
    stdin: {
      contents: `export { sections } from "./schema"; export { toJSONSchema } from "zod";`,
      resolveDir: join(root, "apps/trainer/src/config"),
    },
    bundle: true,
    format: "esm",
    platform: "node",
    conditions: ["reformer-ts-source"],
    external: ["@tensorflow/*"],
    outfile,
    logLevel: "error",
  });
  const { sections, toJSONSchema } = await import(pathToFileURL(outfile).href);
  const parts = Object.entries(sections).map(([name, schema]) => {
    const { properties } = toJSONSchema(schema, { io: "input" });
    const rows = Object.entries(properties).map(
      ([key, field]) =>
        `| \`${key}\` | ${escaped(field.description ?? "")} | ${cell(written(field.default))} | ${cell(allowed(field))} |`,
    );
    return `## ${name}\n\n| key | what it is | default | allowed |\n| --- | --- | --- | --- |\n${rows.join("\n")}\n`;
  });
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(
    target,
    `# Configuration\n\nA config file has these sections; on the command line every key is a flag, \`dModel\` as \`--d-model\`. \`resolveConfig\` of \`@reformer-ts/model\` takes the keys of the model.\n\n${parts.join("\n")}`,
  );
}

const cell = (text) => (text === undefined || text === "" ? "" : `\`${text.replaceAll("|", "\\|")}\``);
const escaped = (text) => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");

/** A default, its lists with spaces at which a narrow column breaks. */
const written = (value) => JSON.stringify(value)?.replaceAll(",", ", ");

/** A short word for what a field takes. */
function allowed({
  type,
  enum: values,
  anyOf,
  items,
  const: only,
  minimum,
  exclusiveMinimum,
  maximum,
  exclusiveMaximum,
}) {
  if (only !== undefined) return JSON.stringify(only);
  if (values) return values.join(", ");
  if (anyOf) return anyOf.map(allowed).join(" or ");
  if (type === "array") return `list of ${allowed(items)}`;
  const low =
    minimum !== undefined && minimum > -Number.MAX_SAFE_INTEGER
      ? ` from ${minimum}`
      : exclusiveMinimum === undefined
        ? ""
        : ` above ${exclusiveMinimum}`;
  const high =
    maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER
      ? ` to ${maximum}`
      : exclusiveMaximum === undefined
        ? ""
        : ` below ${exclusiveMaximum}`;
  return `${type}${low}${high}`;
}
