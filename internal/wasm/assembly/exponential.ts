import { madd } from "./vectors";

/**
 * exp to two units in the last place, exactly 0 below -87. x = n log 2 + r with n an integer, found by adding 1.5 · 2^23;
 * exp(r) is a polynomial (Cephes), and n goes into the exponent.
 */
// @ts-ignore: decorator
@inline
export function exponential(given: v128): v128 {
  const least = f32x4.splat(-87);
  const vanishes = f32x4.lt(given, least);
  const x = f32x4.pmin(f32x4.pmax(given, least), f32x4.splat(88));
  const magic = f32x4.splat(12582912);
  const shifted = madd(x, f32x4.splat(1.44269504088896341), magic);
  const n = f32x4.sub(shifted, magic);
  const r = madd(n, f32x4.splat(2.12194440e-4), madd(n, f32x4.splat(-0.693359375), x));
  let power = f32x4.splat(1.9875691500e-4);
  power = madd(power, r, f32x4.splat(1.3981999507e-3));
  power = madd(power, r, f32x4.splat(8.3334519073e-3));
  power = madd(power, r, f32x4.splat(4.1665795894e-2));
  power = madd(power, r, f32x4.splat(1.6666665459e-1));
  power = madd(power, r, f32x4.splat(5.0000001201e-1));
  power = f32x4.add(madd(power, f32x4.mul(r, r), r), f32x4.splat(1));
  return v128.andnot(i32x4.add(power, i32x4.shl(shifted, 23)), vanishes);
}
