import type { Trial } from "../../parts/try-these";

export const trials: readonly Trial[] = [
  {
    query: "hiddenRows=24&samples=6",
    label: "Hide three quarters",
    look: "Almost nothing is decided, so every sample decides for itself.",
  },
  {
    query: "temperature=0",
    label: "Without chance",
    look: "The likeliest pixel each time: all samples are one.",
  },
  {
    query: "picture=10",
    label: "A heart",
    look: "It was trained on faces and on hearts: a few rows tell it which.",
  },
];
