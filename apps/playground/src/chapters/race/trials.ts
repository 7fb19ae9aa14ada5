import type { Trial } from "../../parts/try-these";

export const trials: readonly Trial[] = [
  {
    query: "numHashes=8",
    label: "Eight rounds",
    look: "Eight times the chunks, sorted eight times over. Run it: the line is higher, its slope the same.",
  },
  {
    query: "chunkLength=16",
    label: "Chunks of 16",
    look: "A quarter of the dot products, in smaller pieces. Run it: is it as much faster?",
  },
];
