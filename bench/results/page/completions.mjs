/** Pictures that the playground's painter completed. */
import { measured, origin } from "./parts.mjs";

/** @returns the section, or nothing when it was not measured */
export function completions() {
  const result = measured("completions");
  if (!result) return undefined;
  const { pictures, samples, temperature, topP, colours, parameters, bits } = result;
  return `## Pictures, completed

The small painter that comes with the [playground](../apps/playground/assets/emoji/README.md) (32 x 32 pixels, a token a pixel, one of ${colours} colours; ${parameters.toLocaleString("en")}
parameters; its card tells how it was trained) sees the upper half of ${pictures} emoji that it was never trained on. First row: the picture; second: what the model was
given; below: ${samples} of its completions each, drawn at temperature ${temperature} among ${100 * topP}% of the probability, none of them chosen.

![Completed emoji](./figures/completions.png)

A hidden pixel costs ${bits.toFixed(2)} bits when all before it are known (a guess: ${Math.log2(colours).toFixed(0)}). That is a bit per pixel of a palette, not the paper's bits per dim of imagenet64.

${origin(result)}
`;
}
