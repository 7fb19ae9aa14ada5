/**
 * From a model's next-token probabilities to a whole sequence: token by token, or beam search, which follows
 * the `beamSize` likeliest beginnings and compares what ended by `log p / ((5 + length) / 6) ^ lengthPenalty` (Wu et al.
 * 2016, §7), because the plain probability prefers the short.
 */
import { deriveSeed, Random } from "@reformer-ts/internal-random";
import { sample } from "../sampling";
import type { PairDecoder } from "./decoder";

export interface SearchOptions {
  startToken: number;
  endToken: number;
  /** Longest sequence, its end included. */
  maxTokens: number;
  /** Beginnings that are followed at a time; with 1, tokens are taken as they come. */
  beamSize: number;
  lengthPenalty: number;
  /** Without a beam: 0 takes the likeliest token, more draws one. */
  temperature: number;
  seed: number;
}

/** A sequence so far, without start and end. */
interface Hypothesis {
  source: number;
  tokens: number[];
  logProbability: number;
}

/** A way to go on: with `token` after the sequence in row `row`. */
interface Candidate {
  row: number;
  token: number;
  logProbability: number;
}

type Writer = Pick<PairDecoder, "append" | "select">;

/** @returns one sequence per source, without start and end */
export function search(writer: Writer, sources: number, options: SearchOptions): Promise<Int32Array[]> {
  return options.beamSize === 1
    ? tokenByToken(writer, sources, options)
    : beamSearch(writer, sources, options);
}

async function tokenByToken(
  writer: Writer,
  sources: number,
  { startToken, endToken, maxTokens, temperature, seed }: SearchOptions,
): Promise<Int32Array[]> {
  const written: number[][] = Array.from({ length: sources }, () => []);
  const randoms = written.map((_, source) => Random.fromSeed(deriveSeed(seed, "sequence", source)));
  let alive = written.map((tokens, source) => ({ source, tokens }));
  for (let step = 0; step < maxTokens && alive.length > 0; step++) {
    const logits = await writer.append(alive.map(({ tokens }) => tokens.at(-1) ?? startToken));
    const next = logits.map((row, i) => sample(row, randoms[alive[i]!.source]!, { temperature }));
    const going = [...alive.keys()].filter((row) => next[row] !== endToken);
    for (const row of going) alive[row]!.tokens.push(next[row]!);
    if (going.length < alive.length) writer.select(going);
    alive = going.map((row) => alive[row]!);
  }
  return written.map((tokens) => Int32Array.from(tokens));
}

async function beamSearch(
  writer: Writer,
  sources: number,
  { startToken, endToken, maxTokens, beamSize, lengthPenalty }: SearchOptions,
): Promise<Int32Array[]> {
  const scoreOf = (logProbability: number, length: number) =>
    logProbability / ((5 + length) / 6) ** lengthPenalty;
  const best = Array.from({ length: sources }, () => ({ score: -Infinity, tokens: [] as number[] }));
  const ended = (source: number, tokens: number[], score: number) => {
    if (score > best[source]!.score) best[source] = { score, tokens };
  };

  let alive: Hypothesis[] = best.map((_, source) => ({ source, tokens: [], logProbability: 0 }));
  for (let step = 1; step <= maxTokens && alive.length > 0; step++) {
    const logits = await writer.append(alive.map(({ tokens }) => tokens.at(-1) ?? startToken));
    const going: Candidate[] = [];
    for (const [source, rows] of rowsBySource(alive)) {
      // Every row has one way to end, so among twice as many there are enough that go on.
      const candidates = rows
        .flatMap((row) => likeliest(row, logits[row]!, alive[row]!.logProbability, 2 * beamSize))
        .toSorted(byProbability)
        .slice(0, 2 * beamSize);
      for (const { row, token, logProbability } of candidates) {
        if (token === endToken) ended(source, alive[row]!.tokens, scoreOf(logProbability, step));
      }
      const open = candidates.filter(({ token }) => token !== endToken).slice(0, beamSize);
      // A beginning only becomes less likely; the most that it can still score is that with the longest length.
      going.push(
        ...open.filter(({ logProbability }) => scoreOf(logProbability, maxTokens) > best[source]!.score),
      );
    }
    if (going.length > 0 && step < maxTokens) writer.select(going.map(({ row }) => row));
    alive = going.map(({ row, token, logProbability }) => {
      const { source, tokens } = alive[row]!;
      return { source, tokens: [...tokens, token], logProbability };
    });
  }
  // What did not end counts only where nothing did.
  const nothingEnded = best.map(({ score }) => score === -Infinity);
  for (const { source, tokens, logProbability } of alive) {
    if (nothingEnded[source]) ended(source, tokens, scoreOf(logProbability, maxTokens));
  }
  return best.map(({ tokens }) => Int32Array.from(tokens));
}

/** Rows of the hypotheses of every source. */
function rowsBySource(hypotheses: readonly Hypothesis[]): Map<number, number[]> {
  const rows = new Map<number, number[]>();
  for (const [row, { source }] of hypotheses.entries()) rows.set(source, [...(rows.get(source) ?? []), row]);
  return rows;
}

const byProbability = (a: Candidate, b: Candidate) => b.logProbability - a.logProbability;

/** The `count` likeliest tokens after a sequence of `before` nats. */
function likeliest(row: number, logits: Float32Array, before: number, count: number): Candidate[] {
  const highest = logits.reduce((a, b) => Math.max(a, b));
  const normalizer = highest + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - highest), 0));
  return Array.from(logits, (logit, token) => ({ row, token, logProbability: before + logit - normalizer }))
    .toSorted(byProbability)
    .slice(0, count);
}
