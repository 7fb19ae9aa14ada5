/** From a schema's list of issues to one sentence: the first thing that is wrong, and what would be right. */
import { InputError, nearest } from "@reformer-ts/internal-checks";
import type * as z from "zod";

/**
 * What a schema makes of a value, or one sentence about what is wrong with it.
 *
 * @param where name of the whole, such as `config` or a file's path; keys are appended to it
 * @throws InputError for the first issue that the schema finds
 */
export function parse<Schema extends z.ZodObject>(
  schema: Schema,
  value: unknown,
  where: string,
): z.output<Schema> {
  const result = schema.safeParse(value ?? {});
  if (result.success) return result.data;
  throw asInputError(result.error.issues[0]!, schema, value, where);
}

function asInputError(
  issue: z.core.$ZodIssue,
  schema: z.ZodObject,
  value: unknown,
  where: string,
): InputError {
  if (issue.code === "unrecognized_keys") {
    const key = issue.keys[0]!;
    const known = Object.keys(schema.shape);
    const meant = nearest(key, known);
    return new InputError({
      field: `${where}.${key}`,
      given: "not a known key",
      allowed: meant
        ? `${meant} (did you mean that?) or another of ${known.join(", ")}`
        : `one of ${known.join(", ")}`,
    });
  }
  const field = [where, ...issue.path].join(".");
  const given = JSON.stringify(issue.path.reduce<unknown>(step, value)) ?? "missing";
  return new InputError({ field, given, allowed: allowedBy(issue) });
}

function step(value: unknown, key: PropertyKey): unknown {
  return (value as Record<PropertyKey, unknown> | null | undefined)?.[key];
}

function allowedBy(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return `of type ${issue.expected === "int" ? "whole number" : issue.expected}`;
    case "too_small":
      return `${issue.inclusive ? "at least" : "more than"} ${issue.minimum}${elements(issue.origin)}`;
    case "too_big":
      return `${issue.inclusive ? "at most" : "less than"} ${issue.maximum}${elements(issue.origin)}`;
    case "invalid_value":
      return `one of ${issue.values.map(String).join(", ")}`;
    case "invalid_union":
      return issue.errors.map((branch) => allowedBy(branch[0]!)).join(", or ");
    default:
      return issue.message;
  }
}

const elements = (origin: string) => (origin === "array" ? " elements" : "");
