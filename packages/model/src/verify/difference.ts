/** How far numbers are from what they should be. */

/** The largest absolute difference; infinite when there are not as many, or one of them is not a number. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let found = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (!(difference <= found)) found = difference;
    if (Number.isNaN(found)) return Infinity;
  }
  return found;
}

/**
 * The largest difference of gradients by name, each relative to the gradient's largest entry, or to a thousandth of the
 * largest of all where that is more: a gradient that ought to be zero has only rounding to be compared with.
 */
export function worstGradient(
  ours: Readonly<Record<string, ArrayLike<number>>>,
  expected: Readonly<Record<string, ArrayLike<number>>>,
): { name: string; error: number | null } {
  if (Object.keys(expected).length === 0) return { name: "", error: null };
  const largestOfAll = Math.max(0, ...Object.values(expected).map(largest));
  let worst = { name: "", error: 0 };
  for (const [name, gradient] of Object.entries(expected)) {
    const scale = Math.max(largest(gradient), largestOfAll / 1000) || 1;
    const error = largestDifference(ours[name] ?? [], gradient) / scale;
    if (error > worst.error) worst = { name, error };
  }
  return worst;
}

function largest(values: ArrayLike<number>): number {
  let found = 0;
  for (let i = 0; i < values.length; i++) found = Math.max(found, Math.abs(values[i]!));
  return found;
}
