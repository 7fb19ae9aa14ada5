/** What a figure in bits is counted per, and the name under which it is written down: `heldOut/bitsPerByte`. */

/** A byte of text, a dimension of an image (a colour of a pixel), a base of a genome; else a token. */
export type Unit = "byte" | "dim" | "base" | "token";

export type BitsName = `bitsPer${Capitalize<Unit>}`;

export function bitsName(unit: Unit): BitsName {
  return `bitsPer${unit[0]!.toUpperCase()}${unit.slice(1)}` as BitsName;
}

export interface Bits {
  unit: Unit;
  bits: number;
}

/** The figure of a line of metrics; null where it has none of that part. */
export function bitsOf(line: object, part: "train" | "heldOut"): Bits | null {
  const prefix = `${part}/bitsPer`;
  const found = Object.entries(line).find(
    ([name, value]) => name.startsWith(prefix) && typeof value === "number",
  );
  if (found === undefined) return null;
  return { unit: found[0].slice(prefix.length).toLowerCase() as Unit, bits: found[1] as number };
}
