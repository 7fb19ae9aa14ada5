/**
 * A chapter's settings as data: each one with its default, how it is read from a link and how it is written there.
 * A link names only what differs from the defaults, so it stays short and survives new settings.
 */

export interface Field<T> {
  readonly initial: T;
  /** What a link's text means, brought into range; undefined when it means nothing. */
  read(text: string): T | undefined;
  write(value: T): string;
}

export type Fields = Record<string, Field<unknown>>;
export type StateOf<F extends Fields> = { [K in keyof F]: F[K] extends Field<infer T> ? T : never };

export interface Range {
  min: number;
  max: number;
  step?: number;
}

export interface IntegerField extends Field<number>, Required<Range> {}

/** An integer on the grid `min, min + step, …`; others are moved to the nearest place on it. */
export function integer(initial: number, { min, max, step = 1 }: Range): IntegerField {
  return {
    initial,
    min,
    max,
    step,
    read: (given) => {
      if (!/^-?\d{1,15}$/.test(given)) return undefined;
      const onGrid = min + Math.round((Number(given) - min) / step) * step;
      return Math.min(max, Math.max(min, onGrid));
    },
    write: String,
  };
}

/** Where everything random on the page comes from. */
export const seedField = integer(1, { min: 0, max: 0xffffffff });

export function nextSeed(seed: number): number {
  return (seed + 1) % (seedField.max + 1);
}

export function flag(initial: boolean): Field<boolean> {
  return {
    initial,
    read: (given) => (given === "1" ? true : given === "0" ? false : undefined),
    write: (value) => (value ? "1" : "0"),
  };
}

export interface ChoiceField<T extends string> extends Field<T> {
  readonly choices: readonly T[];
}

export function choice<const T extends string>(initial: T, choices: readonly T[]): ChoiceField<T> {
  return {
    initial,
    choices,
    read: (given) => choices.find((known) => known === given),
    write: (value) => value,
  };
}

/** Text of at most `maxLength` code points. */
export function text(initial: string, maxLength: number): Field<string> {
  return {
    initial,
    read: (given) => [...given].slice(0, maxLength).join(""),
    write: (value) => value,
  };
}

/** Integers joined by dots, each taken modulo `modulus`; a link with too few, or too many, means nothing. */
export function residues(
  initial: readonly number[],
  modulus: number,
  counts: { min: number; max: number },
): Field<readonly number[]> {
  return {
    initial,
    read: (given) => {
      if (!/^\d{1,9}(\.\d{1,9})*$/.test(given)) return undefined;
      const values = given.split(".").map((part) => Number(part) % modulus);
      return values.length >= counts.min && values.length <= counts.max ? values : undefined;
    },
    write: (values) => values.join("."),
  };
}

export function initialState<F extends Fields>(fields: F): StateOf<F> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, field.initial]),
  ) as StateOf<F>;
}

/** Whether a link need not name any of these settings. @param names those that count; all when absent */
export function isInitial<F extends Fields>(
  fields: F,
  state: StateOf<F>,
  names: readonly (keyof F & string)[] = Object.keys(fields),
): boolean {
  return names.every(
    (name) => fields[name]!.write(state[name]) === fields[name]!.write(fields[name]!.initial),
  );
}

/** @param query `name=value&…`; names that are unknown, and values that mean nothing, are passed over */
export function readState<F extends Fields>(fields: F, query: string): StateOf<F> {
  const given = new URLSearchParams(query);
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => {
      const value = given.get(name);
      return [name, (value === null ? undefined : field.read(value)) ?? field.initial];
    }),
  ) as StateOf<F>;
}

export function writeState<F extends Fields>(fields: F, state: StateOf<F>): string {
  const query = new URLSearchParams();
  for (const [name, field] of Object.entries(fields)) {
    const written = field.write(state[name as keyof F]);
    if (written !== field.write(field.initial)) query.set(name, written);
  }
  return query.toString();
}
