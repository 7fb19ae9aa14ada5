/** Tensors of a piece of work that waits for the backend in between, let go together however it ends. */

/** What is to be let go; doing it twice does no harm. */
export interface Disposable {
  dispose(): void;
}

/**
 * Lends `own`, which notes what it is given. What the work needs no longer it may let go before.
 *
 * @throws what the work throws
 */
export async function owning<Result>(
  work: (own: <Each extends Disposable>(each: Each) => Each) => Promise<Result>,
): Promise<Result> {
  const owned: Disposable[] = [];
  try {
    return await work((each) => {
      owned.push(each);
      return each;
    });
  } finally {
    for (const each of owned) each.dispose();
  }
}
