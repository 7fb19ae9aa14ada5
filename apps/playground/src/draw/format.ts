/** Numbers as a page prints them. */

export function percent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)}%`;
}

/** Three significant digits; a true minus sign. */
export function short(value: number): string {
  const rounded =
    Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en") : Number(value.toPrecision(3));
  return String(rounded).replace("-", "−");
}

export function milliseconds(time: number): string {
  return time < 0.1 ? "under 0.1 ms" : `${time < 10 ? time.toFixed(1) : Math.round(time)} ms`;
}

/** A space has no shape of its own. */
export function visible(name: string): string {
  return name.trim() === "" ? "␣" : name;
}
