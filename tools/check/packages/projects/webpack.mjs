/** webpack by its own function: its command wants a newer Node than the packages do. */
import webpack from "webpack";

webpack(
  {
    mode: "production",
    entry: "./page.mjs",
    output: { path: `${import.meta.dirname}/out`, filename: "webpack.js" },
    performance: false,
  },
  (error, stats) => {
    if (!error && !stats.hasErrors()) return;
    console.error(error ?? stats.toString("errors-only"));
    process.exitCode = 1;
  },
);
