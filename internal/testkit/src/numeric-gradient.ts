/** Central differences: slow, but owes nothing to any derivation. */

/** The gradient of a scalar function at `point`, which is restored after every probe. */
export function numericGradient(
  f: (point: Float64Array) => number,
  point: Float64Array,
  step = 1e-5,
): Float64Array {
  return point.map((centre, i) => {
    point[i] = centre + step;
    const above = f(point);
    point[i] = centre - step;
    const below = f(point);
    point[i] = centre;
    return (above - below) / (2 * step);
  });
}
