import type { Trial } from "../../parts/try-these";

export const trials: readonly Trial[] = [
  {
    query: "length=64",
    label: "A word twice as long",
    look: "The place to find lies twice as far back. How many more steps until the cliff?",
  },
  {
    query: "numHashes=1",
    label: "One round of hashing",
    look: "A copy can only be made if letter and place fall into one bucket. Is one try enough?",
  },
  {
    query: "task=text&length=64",
    label: "A line of a novel",
    look: "From noise to letters, from letters to words: it is written anew at every look.",
  },
];
