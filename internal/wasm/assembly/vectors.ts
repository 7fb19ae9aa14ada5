/** Four numbers at a time. */

/** `a b + c`: in one instruction, with one rounding, where relaxed SIMD has it. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** The next multiple of four: what every size in scratch memory is filled up to. */
// @ts-ignore: decorator
@inline
export function padded(size: i32): i32 {
  return (size + 3) & ~3;
}

// @ts-ignore: decorator
@inline
export function sumOf(values: v128): f32 {
  const pairs = f32x4.add(values, v128.shuffle<f32>(values, values, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.add(pairs, v128.shuffle<f32>(pairs, pairs, 1, 0, 3, 2)), 0);
}

// @ts-ignore: decorator
@inline
export function largestOf(values: v128): f32 {
  const pairs = f32x4.pmax(values, v128.shuffle<f32>(values, values, 2, 3, 0, 1));
  return f32x4.extract_lane(f32x4.pmax(pairs, v128.shuffle<f32>(pairs, pairs, 1, 0, 3, 2)), 0);
}

/** log of positive numbers: the mantissa is brought near 1, where a polynomial (Cephes) holds. */
export function logarithm(x: v128): v128 {
  let exponent = i32x4.sub(i32x4.shr_u(x, 23), i32x4.splat(126));
  let mantissa = v128.or(v128.and(x, i32x4.splat(0x007fffff)), i32x4.splat(0x3f000000));
  const isSmall = f32x4.lt(mantissa, f32x4.splat(0.707106781186547524));
  exponent = i32x4.add(exponent, isSmall);
  mantissa = f32x4.add(f32x4.sub(mantissa, f32x4.splat(1)), v128.and(mantissa, isSmall));
  const n = f32x4.convert_i32x4_s(exponent);
  const squared = f32x4.mul(mantissa, mantissa);
  let p = f32x4.splat(7.0376836292e-2);
  p = madd(p, mantissa, f32x4.splat(-1.1514610310e-1));
  p = madd(p, mantissa, f32x4.splat(1.1676998740e-1));
  p = madd(p, mantissa, f32x4.splat(-1.2420140846e-1));
  p = madd(p, mantissa, f32x4.splat(1.4249322787e-1));
  p = madd(p, mantissa, f32x4.splat(-1.6668057665e-1));
  p = madd(p, mantissa, f32x4.splat(2.0000714765e-1));
  p = madd(p, mantissa, f32x4.splat(-2.4999993993e-1));
  p = madd(p, mantissa, f32x4.splat(3.3333331174e-1));
  p = f32x4.mul(f32x4.mul(p, mantissa), squared);
  p = madd(n, f32x4.splat(-2.12194440e-4), p);
  p = madd(squared, f32x4.splat(-0.5), p);
  return madd(n, f32x4.splat(0.693359375), f32x4.add(mantissa, p));
}

/** The logarithm of one number. */
export function logarithmOf(x: f32): f32 {
  return f32x4.extract_lane(logarithm(f32x4.splat(x)), 0);
}
