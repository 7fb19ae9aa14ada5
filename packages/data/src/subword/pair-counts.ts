/**
 * How often each pair of neighbouring tokens occurs, kept up to date while pairs are merged.
 *
 * For every pair the words that hold it are remembered, so a merge touches those words only.
 */

export interface Pair {
  left: number;
  right: number;
}

interface Word {
  tokens: number[];
  count: number;
}

const base = 2 ** 16;

export class PairCounts {
  readonly #counts = new Map<number, number>();
  readonly #holders = new Map<number, Set<Word>>();

  /** Takes the words, and changes them. Tokens are below 65,536. */
  constructor(words: readonly Word[]) {
    for (const word of words) this.#count(word, word.count);
  }

  /** Of the most frequent pairs the one with the smallest tokens; undefined when no pair occurs twice. */
  mostFrequent(): Pair | undefined {
    let best = -1;
    let most = 1;
    for (const [key, count] of this.#counts) {
      if (count > most || (count === most && key < best)) [best, most] = [key, count];
    }
    return best < 0 ? undefined : { left: Math.floor(best / base), right: best % base };
  }

  /** Writes `token` for every occurrence of the pair, from the left. */
  merge({ left, right }: Pair, token: number): void {
    for (const word of this.#holders.get(left * base + right) ?? []) {
      this.#count(word, -word.count);
      word.tokens = merged(word.tokens, left, right, token);
      this.#count(word, word.count);
    }
  }

  #count(word: Word, change: number): void {
    const { tokens } = word;
    for (let i = 1; i < tokens.length; i++) {
      const key = tokens[i - 1]! * base + tokens[i]!;
      const count = (this.#counts.get(key) ?? 0) + change;
      if (count === 0) {
        this.#counts.delete(key);
        this.#holders.delete(key);
      } else {
        this.#counts.set(key, count);
        const holders = this.#holders.get(key);
        if (holders === undefined) this.#holders.set(key, new Set([word]));
        else holders.add(word);
      }
    }
  }
}

function merged(tokens: readonly number[], left: number, right: number, token: number): number[] {
  const result: number[] = [];
  for (let i = 0; i < tokens.length; i++) {
    if (tokens[i] === left && tokens[i + 1] === right) {
      result.push(token);
      i++;
    } else result.push(tokens[i]!);
  }
  return result;
}
