/** What internal/wasm/assembly/exponential.ts does with four numbers at a time, with one after the other. */
export function exponential(given: v128): v128 {
  let powers = f32x4.replace_lane(given, 0, power(f32x4.extract_lane(given, 0)));
  powers = f32x4.replace_lane(powers, 1, power(f32x4.extract_lane(given, 1)));
  powers = f32x4.replace_lane(powers, 2, power(f32x4.extract_lane(given, 2)));
  return f32x4.replace_lane(powers, 3, power(f32x4.extract_lane(given, 3)));
}

function power(given: f32): f32 {
  if (!(given >= -87)) return 0;
  const x = min<f32>(given, 88);
  const n = nearest<f32>(x * 1.44269504088896341);
  const r = x - n * 0.693359375 + n * 2.1219444e-4;
  let p: f32 = 1.98756915e-4;
  p = p * r + 1.3981999507e-3;
  p = p * r + 8.3334519073e-3;
  p = p * r + 4.1665795894e-2;
  p = p * r + 1.6666665459e-1;
  p = p * r + 5.0000001201e-1;
  return reinterpret<f32>(reinterpret<i32>(p * (r * r) + r + 1) + (<i32>n << 23));
}
