/** Results with typed arrays in them as JSON, on their way from the build to the page. */

/** Of prepared numbers: more than a page prints. */
const significantDigits = 5;

/** An array under its type's name. */
type Packed = { Int32: number[] } | { Float32: number[] } | { Uint8: string };

export function encode(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (part instanceof Int32Array) return { Int32: [...part] } satisfies Packed;
    if (part instanceof Float32Array)
      return { Float32: Array.from(part, (x) => Number(x.toPrecision(significantDigits))) } satisfies Packed;
    if (part instanceof Uint8Array) return { Uint8: btoa(String.fromCharCode(...part)) } satisfies Packed;
    return part;
  });
}

/** @param text what {@link encode} made of a `T` */
export function decode<T>(text: string): T {
  return JSON.parse(text, (_, part: Packed | null) => {
    if (typeof part !== "object" || part === null) return part;
    if ("Int32" in part) return Int32Array.from(part.Int32);
    if ("Float32" in part) return Float32Array.from(part.Float32);
    if ("Uint8" in part) return Uint8Array.from(atob(part.Uint8), (letter) => letter.charCodeAt(0));
    return part;
  }) as T;
}
