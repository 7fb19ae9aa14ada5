/** This package beside transformers, from the same weights and batches. */
import { draw, measured, origin } from "./parts.mjs";

const corpora = {
  novel: {
    title: "Beside transformers: a novel",
    what: "_Crime and Punishment_",
  },
  markup: {
    title: "Beside transformers: Wikipedia's markup",
    what: "6.1 MB of the English Wikipedia as XML (a dump of 2016, the sample in gensim's repository). It stands in for enwik8, the same kind of markup from 2006, which could not be had here; its figures are not enwik8's",
  },
};

/** @returns the section, or nothing when it was not measured */
export function sideBySide(name) {
  const ours = measured(`transformers-${name}-ours`);
  const theirs = measured(`transformers-${name}-theirs`);
  if (!ours || !theirs) return undefined;
  const { title, what } = corpora[name];
  draw(`transformers-${name}`, {
    title: "Held out, against bytes learnt from",
    x: "bytes",
    y: "bits per byte",
    lines: [
      { name: "reformer-ts", points: ours.heldOut },
      { name: "transformers", points: theirs.heldOut, dashed: true },
    ],
  });
  const apart = ours.training.map((value, i) => Math.abs(value - theirs.training[i]));
  const rows = ours.heldOut.map(([bytes, bits], i) => {
    const [, other] = theirs.heldOut[i];
    return `| ${bytes.toLocaleString("en")} | ${bits.toFixed(4)} | ${other.toFixed(4)} | ${Math.abs(bits - other).toFixed(4)} |`;
  });
  const beyond = apart.findIndex((distance) => distance > 0.001);
  return `## ${title}

One Reformer (layers local, LSH, local, LSH; dModel 256, dFF 512, 2 heads of 64, chunks of 64, 2 rounds, axial positions), initialised here and saved as a folder that transformers opens; then both
train it on the same ${ours.steps} batches of ${ours.batch} x ${ours.length} bytes, with the same rotations, Adam and learning rates. The text is ${what}.

| bytes learnt from | held out, reformer-ts | transformers | apart |
| --- | --- | --- | --- |
${rows.join("\n")}

![Held-out curves](./figures/transformers-${name}.svg)

Losses of single training steps are ${beyond === -1 ? `never more than ${Math.max(...apart).toFixed(4)} bits apart` : `less than 0.001 bits apart until step ${beyond}, at most ${Math.max(...apart).toFixed(3)} later`}: ${beyond === -1 ? "the two compute the same." : "rounding differs, and sooner or later a token falls into another bucket."}
${theirs.versions}; ${origin(ours)}
`;
}
