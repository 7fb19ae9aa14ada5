/** Rotary positions of one token, each angle for itself: what tables and pieces are held against. */
export function turnedByHand(heads: Float32Array, depth: number, position: number): Float32Array {
  const half = depth / 2;
  const turned = new Float32Array(heads.length);
  for (let start = 0; start < heads.length; start += depth) {
    for (let i = 0; i < half; i++) {
      const angle = position * 10000 ** (-i / half);
      const [a, b] = [heads[start + i]!, heads[start + half + i]!];
      turned[start + i] = a * Math.cos(angle) - b * Math.sin(angle);
      turned[start + half + i] = b * Math.cos(angle) + a * Math.sin(angle);
    }
  }
  return turned;
}
