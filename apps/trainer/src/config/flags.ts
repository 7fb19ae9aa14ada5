/** Every key of the config is a flag of the same name, in kebab-case. Both ways of the translation, and how its text is read. */
import { InputError } from "@reformer-ts/internal-checks";
import type * as z from "zod";
import { sectionNames, sections, type SectionName } from "./schema";

export interface Flag {
  section: SectionName;
  key: string;
  /** Such as `--num-hashes`. */
  flag: string;
  help: string;
  fallback: unknown;
  kinds: ReadonlySet<string>;
}

/** The flags of the given sections, in the order of their schemas. */
export function flagsOf(wanted: readonly SectionName[] = sectionNames): Flag[] {
  return wanted.flatMap((section) =>
    Object.entries(sections[section].shape).map(([key, schema]) => ({
      section,
      key,
      flag: flagName(key),
      help: (schema as z.ZodType).description ?? "",
      fallback: (schema as z.ZodType).safeParse(undefined).data,
      kinds: kindsOf(schema as z.ZodType),
    })),
  );
}

/** `dModel` → `--d-model`, `dFF` → `--d-ff`. */
export function flagName(key: string): string {
  return `--${key.replace(/([a-z0-9])([A-Z])/g, "$1-$2").toLowerCase()}`;
}

/**
 * The value that a flag's text stands for: numbers, `null`, and lists with commas, as far as the key takes such.
 * Whether it is a right value is the schema's to say.
 */
export function readFlag({ flag, kinds }: Flag, text: string): unknown {
  if (text === "") throw new InputError({ field: flag, given: "empty", allowed: "given a value" });
  if (kinds.has("nullable") && text === "null") return null;
  if (kinds.has("string")) return text;
  const many = text.includes(",") || !(kinds.has("number") || kinds.has("boolean") || kinds.has("enum"));
  if (kinds.has("array") && many) return text.split(",").map((part) => readScalar(part.trim()));
  return readScalar(text);
}

/** How a default is shown and may be typed. */
export function showValue(value: unknown): string {
  return Array.isArray(value) ? value.join(",") : String(value);
}

function readScalar(text: string): unknown {
  if (text === "true" || text === "false") return text === "true";
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** What a schema is made of, wrappers and the branches of unions taken together; the inside of a list is not looked at. */
function kindsOf(schema: z.ZodType): Set<string> {
  const { def } = schema as unknown as {
    def: { type: string; innerType?: z.ZodType; options?: z.ZodType[] };
  };
  const inner = def.innerType ? [def.innerType] : (def.options ?? []);
  return new Set([def.type, ...inner.flatMap((part) => [...kindsOf(part)])]);
}
