/**
 * The vectors that are hashed. No trained model is at work here: a character is a random direction, to which some of
 * the directions of the characters before it are added; a point on the circle is itself.
 */
import { deriveSeed, Random } from "@reformer-ts/internal-random";

/** Numbers in a character's vector. */
export const textDepth = 16;
/** How much of the character one and two places before goes into a character's vector. */
export const contextWeights = [1, 0.6, 0.3];

/**
 * @param sharpness the length of every vector
 * @returns         `[length, textDepth]`; upper and lower case are one character
 */
export function textVectors(text: string, sharpness: number, seed: number): Float32Array {
  const characters = [...text.toLowerCase()];
  const directions = new Map<string, Float32Array>();
  for (const character of characters) {
    if (!directions.has(character)) {
      const stream = deriveSeed(seed, "character", character.codePointAt(0)!);
      directions.set(character, unit(Random.fromSeed(stream).normals(textDepth)));
    }
  }
  const vectors = new Float32Array(characters.length * textDepth);
  characters.forEach((_, position) => {
    const mixed = new Float32Array(textDepth);
    contextWeights.forEach((weight, back) => {
      const earlier = characters[position - back];
      if (earlier === undefined) return;
      directions.get(earlier)!.forEach((number, d) => (mixed[d]! += weight * number));
    });
    vectors.set(
      unit(mixed).map((number) => number * sharpness),
      position * textDepth,
    );
  });
  return vectors;
}

/** `[angles, 2]` from degrees. */
export function circleVectors(degrees: readonly number[], sharpness: number): Float32Array {
  return Float32Array.from(
    degrees.flatMap((angle) => {
      const radians = (angle * Math.PI) / 180;
      return [sharpness * Math.cos(radians), sharpness * Math.sin(radians)];
    }),
  );
}

/** Four loose clusters, visited in turn: neighbours in the sequence are far apart on the circle. */
export function clusteredAngles(count: number): number[] {
  const random = Random.fromSeed(deriveSeed(7, "clusters"));
  const noise = random.normals(count);
  return Array.from({ length: count }, (_, i) => {
    const centre = [20, 135, 215, 300][random.integer(4)]!;
    return (Math.round(centre + 16 * noise[i]!) + 360) % 360;
  });
}

export function evenAngles(count: number, seed: number): number[] {
  const angles = Array.from({ length: count }, (_, i) => Math.round((i * 360) / count));
  const random = Random.fromSeed(deriveSeed(seed, "shuffle"));
  for (let i = count - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [angles[i], angles[j]] = [angles[j]!, angles[i]!];
  }
  return angles;
}

export function randomAngles(count: number, seed: number): number[] {
  const random = Random.fromSeed(deriveSeed(seed, "angles"));
  return Array.from({ length: count }, () => random.integer(360));
}

function unit(vector: Float32Array): Float32Array {
  const norm = Math.hypot(...vector);
  return norm === 0 ? vector : vector.map((number) => number / norm);
}
