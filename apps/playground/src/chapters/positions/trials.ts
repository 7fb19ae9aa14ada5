import type { Trial } from "../../parts/try-these";

export const trials: readonly Trial[] = [
  {
    query: "rowPower=10&position=600000",
    label: "A million positions",
    look: "One table needs a gigabyte, two need a thousandth of it.",
  },
  {
    query: "rowPower=1&columnPower=11&position=2100",
    label: "Two long rows",
    look: "A grid that is hardly one saves little: the squarer, the fewer numbers.",
  },
  {
    query: "rowShare=8",
    label: "Half and half",
    look: "Rows say as much as columns: a position is as like its row as its column.",
  },
];
