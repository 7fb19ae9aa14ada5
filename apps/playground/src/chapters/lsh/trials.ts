import type { Trial } from "../../parts/try-these";

export const trials: readonly Trial[] = [
  {
    query: "numHashes=8",
    label: "Hash eight times",
    look: "One hash may part a pair by bad luck; eight seldom all do. The curve says how much that buys.",
  },
  {
    query: "chunksBefore=0",
    label: "Do not look back",
    look: "A bucket that a border between chunks cuts in two loses sight of its other half.",
  },
  {
    query: "text=row%2C+row%2C+row+your+boat%2C+gently+down+the+stream&query=0&key=0",
    label: "A refrain",
    look: "Letters in like company hash alike: watch the three rows meet once they are sorted.",
  },
  {
    query: "source=circle&query=5&key=4",
    label: "Points on a circle",
    look: "The hash as it is: sectors. Drag a point over a border, and its place in the order changes at once.",
  },
];
