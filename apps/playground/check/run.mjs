/**
 * `check:browser` (and with the names of their files `check:soak`, `--minutes N`, `check:book`, and `figure`): builds
 * the page and drives it in a real browser, as a person would.
 * `CHROMIUM` and `FIREFOX` name browsers that are not where Debian puts them; the latter is tried only where there is one.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const usual = {
  CHROMIUM: ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"],
  FIREFOX: ["/usr/bin/firefox-esr", "/usr/bin/firefox"],
};
const find = (name) =>
  (process.env[name] ? [process.env[name]] : usual[name]).find((path) => existsSync(path));
const browser = find("CHROMIUM");
if (browser === undefined) {
  console.error(
    process.env.CHROMIUM
      ? `CHROMIUM names ${process.env.CHROMIUM}, where there is no file.`
      : "There is no Chromium here: install it (on Debian: apt-get install chromium), or name one in CHROMIUM.",
  );
  process.exit(2);
}

const firefox = find("FIREFOX");
if (firefox === undefined)
  console.log("No Firefox here (on Debian: apt-get install firefox-esr): Chromium alone.");

const root = fileURLToPath(new URL("..", import.meta.url));
const run = (...command) =>
  spawnSync("npx", ["--no-install", ...command], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, CHROMIUM: browser, ...(firefox && { FIREFOX: firefox }) },
  }).status ?? 1;

const built = run("vite", "build", "--logLevel", "warn");
process.exit(built === 0 ? run("vitest", "run", "--config", "check/vitest.config.ts", ...asked()) : built);

/** What is long runs when it is named. */
function asked() {
  const words = process.argv.slice(2);
  const at = words.indexOf("--minutes");
  if (at >= 0) process.env.SOAK_MINUTES = words.splice(at, 2)[1];
  const long = ["soak", "book", "figure"].filter((name) => !words.includes(name));
  return [...words, ...long.flatMap((name) => ["--exclude", `check/${name}.check.ts`])];
}
