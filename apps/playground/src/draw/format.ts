/** Numbers as a page prints them. */

export function percent(share: number, digits = 1): string {
  return `${(100 * share).toFixed(digits)}%`;
}

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** Three significant digits; a true minus sign; powers of ten for what is very small. */
export function short(value: number): string {
  if (value !== 0 && Math.abs(value) < 1e-3) {
    const [digits, power] = value.toExponential(2).split("e-") as [string, string];
    const raised = [...power].map((digit) => superscripts[Number(digit)]).join("");
    return `${digits.replace("-", "−")}·10⁻${raised}`;
  }
  const rounded =
    Math.abs(value) >= 1000 ? Math.round(value).toLocaleString("en") : Number(value.toPrecision(3));
  return String(rounded).replace("-", "−");
}

export function milliseconds(time: number): string {
  if (time >= 1000) return `${short(time / 1000)} s`;
  return time < 0.1 ? "under 0.1 ms" : `${time < 10 ? time.toFixed(1) : Math.round(time)} ms`;
}

/** A space has no shape of its own. */
export function visible(name: string): string {
  return name.trim() === "" ? "␣" : name;
}

/** Bytes in the unit that leaves few digits. */
export function bytes(count: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = count < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(count) / 3 + 1e-9));
  return `${short(count / 1000 ** power)} ${units[power]}`;
}

/** 65,536. */
export function whole(count: number): string {
  return Math.round(count).toLocaleString("en");
}

/** 1.05M, 65.5k. */
export function compact(count: number): string {
  const units: [number, string][] = [
    [1e9, "B"],
    [1e6, "M"],
    [1e3, "k"],
  ];
  const unit = units.find(([size]) => Math.abs(count) >= size);
  return unit ? `${short(count / unit[0])}${unit[1]}` : short(count);
}
