/** What every command says of itself, and what is said of one that there is not. */
import { describe, expect, it } from "vitest";
import manifest from "../package.json" with { type: "json" };
import { reformer } from "./run-reformer";
import { endOf, refused } from "./trained-run";

const verbs = [
  "prepare",
  "train",
  "generate",
  "complete",
  "translate",
  "evaluate",
  "score",
  "plot",
  "convert",
  "export",
  "verify",
  "bench",
  "doctor",
  "backend",
];

describe("help", () => {
  it.each(verbs)("of %s describes it, with examples", async (verb) => {
    const { code, out, err } = await reformer(verb, "--help");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain(`Usage: reformer ${verb}`);
    expect(out).toContain(`Examples:\n  reformer ${verb}`);
  });

  it("lists every verb, also when nothing is asked for", async () => {
    const { code, out } = await reformer();
    expect(code).toBe(0);
    for (const verb of verbs) expect(out).toContain(`\n  ${verb} `);
  });
});

it("tells its version", async () => {
  expect(await reformer("--version")).toEqual({ code: 0, out: `${manifest.version}\n`, err: "" });
});

describe("a command or a flag that there is not", () => {
  it.each([
    ["backend", "a command is missing."],
    ["backend instal", "unknown command 'instal' (Did you mean install?)"],
    ["backend install --gpus", "unknown option '--gpus' (Did you mean --gpu?)"],
    ["doctor --jsn", "unknown option '--jsn' (Did you mean --json?)"],
    ["frob", "unknown command 'frob'"],
    ["trian", "unknown command 'trian' (Did you mean train?)"],
    ["--frob", "unknown option '--frob'"],
  ])("%s", async (line, message) => {
    expect(await endOf(line)).toEqual(refused(message));
  });
});
