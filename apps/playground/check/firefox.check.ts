/**
 * The page in Firefox, where there is one: every chapter opened and measured, its first numbers held against the oracle's.
 * Playwright drives a stock Firefox by WebDriver BiDi.
 */
import { type Browser, firefox } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { percent } from "../src/draw/format";
import { expectedNumbers } from "./expected-share";
import { type Host, previewHost } from "./hosts";
import { keepPicture, measured, settled, visit } from "./visit";

const executablePath = process.env["FIREFOX"];

describe.skipIf(executablePath === undefined)("in Firefox", () => {
  let browser: Browser;
  let host: Host;
  beforeAll(async () => {
    [browser, host] = await Promise.all([
      firefox.launch({ channel: "moz-firefox", executablePath }),
      previewHost(),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await host?.close();
  });

  it("says what the oracle says", async () => {
    const visitor = await visit(browser, host.url);
    await measured(visitor);
    console.log(`Firefox ${browser.version()} ${await visitor.fact("backend")}`);
    expect(await visitor.fact("share")).toBe(percent(expectedNumbers("").share));
    await visitor.close();
  });

  it.each([
    ["race", ""],
    ["reversible", ""],
    ["train", "length=16&dModel=32"],
    ["image", "hiddenRows=6&samples=3"],
    ["novel", "maxTokens=100&window=10"],
    ["positions", ""],
  ])("opens and measures: %s", async (chapter, query) => {
    const visitor = await visit(browser, `${host.url}#/${chapter}?${query}`);
    await settled(visitor, chapter);
    await keepPicture(visitor, `firefox-${chapter}`);
    expect(visitor.complaints).toEqual([]);
    await visitor.close();
  });
});
