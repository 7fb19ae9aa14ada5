import type { Trial } from "../../parts/try-these";

export const trials: readonly Trial[] = [
  {
    query: "temperature=0",
    label: "Without chance",
    look: "The likeliest byte each time. See how soon it repeats itself.",
  },
  {
    query: "temperature=12&topP=100",
    label: "Daring",
    look: "Unlikely bytes are drawn as well, and make words that never were.",
  },
  {
    query: "window=15",
    label: "A longer memory",
    look: "32,768 bytes read first: how far back do the passages lie that it looks at?",
  },
];
