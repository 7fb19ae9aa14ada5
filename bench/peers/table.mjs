/** Tokens a second and memory of every peer, and how many times each we are. */
import { count, gigabytes, median } from "../performance/facts.mjs";
import { contestants } from "./contestants.mjs";

const [we, ...others] = Object.keys(contestants);

/** @param results lines of `run.mjs`; of each one's rounds the fastest counts, by the median of its steps: another program's noise slows, and never speeds */
export function peersTable(results) {
  const lengths = [...new Set(results.map(({ length }) => length))].toSorted((a, b) => a - b);
  const rows = lengths.map((length) => {
    const of = (name) =>
      summary(
        results.filter((result) => result.length === length && result.name === name),
        length,
      );
    const mine = of(we);
    const theirs = others.map(of);
    const rates = theirs.flatMap((one) => (one.rate === undefined ? [] : [one.rate]));
    const ratio = mine.rate && rates.length > 0 ? `**${(mine.rate / Math.max(...rates)).toFixed(2)}x**` : "";
    return [count(length), cell(mine), ...theirs.map((one) => cell(one, mine)), ratio];
  });
  return [
    ["length", we, ...others, "against the fastest"],
    Array.from({ length: others.length + 3 }, () => "---"),
    ...rows,
  ]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

function summary(rounds, length) {
  const done = rounds.filter(({ failed }) => failed === undefined);
  if (done.length === 0) return { failed: rounds.at(-1)?.failed };
  const [fastest] = done.toSorted((a, b) => median(a.seconds) - median(b.seconds));
  return { rate: length / median(fastest.seconds), peak: fastest.peakBytes };
}

function cell({ rate, peak, failed }, mine) {
  if (rate === undefined) return failed ?? "not asked";
  const ratio = mine?.rate ? `, ${(mine.rate / rate).toFixed(2)}x` : "";
  return `${count(rate)} (${gigabytes(peak)}${ratio})`;
}

/** What was compared, with its versions. */
export function versionsOf(results) {
  return [...new Set(results.flatMap(({ about }) => about ?? []))].join("; ");
}
