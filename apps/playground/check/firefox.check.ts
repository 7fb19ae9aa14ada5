/** The page in Firefox, where there is one: every chapter opened and measured, its first numbers held against the oracle's. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { percent } from "../src/draw/format";
import { expectedNumbers } from "./expected-share";
import { type Host, previewHost } from "./hosts";
import { type FirefoxPage, openFirefox } from "./marionette";
import { artifacts } from "./visit";

const executablePath = process.env["FIREFOX"];

describe.skipIf(executablePath === undefined)("in Firefox", () => {
  let firefox: FirefoxPage;
  let host: Host;
  beforeAll(async () => {
    [firefox, host] = await Promise.all([openFirefox(executablePath!), previewHost()]);
    await firefox.goTo(host.url);
    // What goes wrong from here on, for every chapter to look at.
    await firefox.run(`
      window.wrong = [];
      addEventListener("error", ({ message }) => window.wrong.push(message));
      addEventListener("unhandledrejection", ({ reason }) => window.wrong.push(String(reason)));
      addEventListener("securitypolicyviolation", ({ blockedURI }) => window.wrong.push("refused: " + blockedURI));`);
  });
  afterAll(async () => {
    await firefox?.close();
    await host?.close();
  });

  const open = (link: string) => firefox.run(`location.hash = ${JSON.stringify(link)};`);
  const textOf = (selector: string) =>
    firefox.run<string | null>(
      `return document.querySelector(${JSON.stringify(selector)})?.textContent ?? null;`,
    );
  const fact = (name: string) => textOf(`[data-fact="${name}"]`);
  const isOwn = () => expect.poll(() => fact("prepared")).toBeNull();
  const click = (label: string) =>
    firefox.run(
      `[...document.querySelectorAll("button")].find(({ textContent }) => textContent === ${JSON.stringify(label)}).click();`,
    );

  it("computes what the oracle computes", async () => {
    await open("#/lsh");
    await expect.poll(() => textOf(".measured")).toContain("Measured on your machine");
    console.log(`Firefox ${firefox.version} ${await fact("backend")}`);
    expect(await fact("share")).toBe(percent(expectedNumbers("").share));
  });

  it.each([
    [
      "race",
      async () => {
        await isOwn();
        await expect.poll(() => fact("verdict")).toContain("tokens");
      },
    ],
    [
      "reversible",
      async () => {
        await isOwn();
        await expect.poll(() => fact("rebuild-error")).toContain("·10");
      },
    ],
    [
      "train?length=16&dModel=32",
      async () => {
        await isOwn();
        await expect.poll(() => fact("held-out")).toContain("bits");
        await click("▶ Play");
        await expect.poll(async () => Number(await fact("step"))).toBeGreaterThan(3);
      },
    ],
    [
      "image?hiddenRows=6&samples=3",
      async () => expect.poll(() => textOf('[data-fact="painted"]')).toBe(String(3 * 6 * 32)),
    ],
    [
      "novel?maxTokens=100&window=10",
      async () => {
        await expect.poll(() => fact("parameters")).toMatch(/\d/);
        await click("Read, and go on");
        await expect.poll(() => fact("written")).toMatch(/\w{3}/);
        await expect.poll(() => textOf(".passages li")).toContain("bytes before");
      },
    ],
    ["positions", async () => expect.poll(() => fact("ratio")).toMatch(/\d/)],
  ])("opens and measures: %s", async (link, measures) => {
    await open(`#/${link}`);
    await measures();
    writeFileSync(join(artifacts, `firefox-${link.split("?")[0]}.png`), await firefox.picture());
    expect(await firefox.run("return window.wrong;")).toEqual([]);
    expect(await textOf('[role="alert"]')).toBeNull();
  });
});
