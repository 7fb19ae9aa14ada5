import type { Trial } from "../../parts/try-these";

export const trials: readonly Trial[] = [
  {
    query: "step=5",
    label: "Stop at the top",
    look: "All layers have run, and only the last streams exist. Now play the way down.",
  },
  {
    query: "layers=8",
    label: "Eight layers",
    look: "Rounding adds up on the way down: the error is largest in the layer that is rebuilt last.",
  },
];
