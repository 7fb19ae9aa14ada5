/** A link reproduces the picture: every setting and what is picked, in every chapter. */
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { readRoute } from "../src/state/route";
import { browser, host } from "./opened";
import { settled, type Visit, visit } from "./visit";

const markup = (page: Page, selector: string) =>
  page.locator(selector).evaluateAll((all) => all.map((element) => element.innerHTML));
const inks = (page: Page, selector: string) =>
  page.locator(selector).evaluateAll((all) => all.map((canvas) => (canvas as HTMLCanvasElement).toDataURL()));

/** What must be the same: all but times. */
const chapters: [query: string, chapter: string, picture: (visitor: Visit) => Promise<unknown>][] = [
  [
    "text=a+rose+is+a+rose+is+a+rose&numBuckets=4&numHashes=3&chunkLength=6&chunksBefore=2&sharpness=8&causal=1&acrossBuckets=0&duplicateCorrection=1&seed=11&round=2&stage=3&query=20&key=4",
    "lsh",
    async ({ page }) => [
      await markup(page, "svg.figure"),
      await inks(page, ".matrix canvas"),
      await markup(page, ".pair"),
    ],
  ],
  [
    "source=circle&points=10.200.30.220.40.90.100.110.300.310&numHashes=4&round=3&query=5&key=4",
    "lsh",
    async ({ page }) => [await markup(page, "svg.figure, svg.circle"), await inks(page, ".matrix canvas")],
  ],
  ["numHashes=3&chunkLength=32&depth=32&seed=4", "race", async ({ page }) => markup(page, ".sliders output")],
  [
    "layers=4&seed=7&step=6",
    "reversible",
    async ({ page }) => [await markup(page, ".ladder"), await markup(page, ".xy table")],
  ],
  [
    "task=text&length=48&dModel=32&numHashes=1&rate=5&seed=9",
    "train",
    async ({ page, fact }) => [await fact("held-out"), await fact("sample"), await inks(page, ".bucket-map")],
  ],
  [
    "picture=2&hiddenRows=4&samples=3&temperature=9&topP=90&seed=5",
    "image",
    async ({ page }) => inks(page, ".gallery canvas"),
  ],
  [
    "place=300&window=9&temperature=8&topK=20&topP=90&maxTokens=200&seed=3",
    "novel",
    async ({ page, fact }) => [await fact("written"), await markup(page, ".passages")],
  ],
  [
    "rowPower=5&columnPower=6&dModel=128&rowShare=8&position=77",
    "positions",
    async ({ page, fact }) => [await inks(page, "canvas.grid"), await fact("full"), await fact("axial")],
  ],
];

it.each(chapters)("%s of %s", async (query, chapter, picture) => {
  const seen: unknown[] = [];
  for (let i = 0; i < 2; i++) {
    const visitor = await visit(browser, `${host.url}#/${chapter}?${query}`, { reducedMotion: "reduce" });
    await settled(visitor, chapter);
    const controls = await visitor.page
      .locator("main input:not([type=file])")
      .evaluateAll((all) =>
        all.map((input) => [(input as HTMLInputElement).value, (input as HTMLInputElement).checked]),
      );
    seen.push({ controls, picture: await picture(visitor) });
    // Every setting is taken as it is, so the address stays what it was.
    const written = new URLSearchParams(readRoute(new URL(visitor.page.url()).hash).query);
    expect(Object.fromEntries(written)).toEqual(Object.fromEntries(new URLSearchParams(query)));
    await visitor.close();
  }
  expect(JSON.stringify(seen[0]).length).toBeGreaterThan(50);
  expect(seen[0]).toEqual(seen[1]);
});

it("opens the passage that was picked, once it has been read again", async () => {
  const link = `${host.url}#/novel?window=9&maxTokens=100&temperature=0`;
  const visitor = await visit(browser, link);
  await settled(visitor, "novel");
  await visitor.page.locator(".passages button").nth(1).click();
  const marked = await visitor.page.locator(".book mark").textContent();
  await expect.poll(() => visitor.page.url()).toContain("passage=");
  const picked = visitor.page.url();
  await visitor.close();
  const another = await visit(browser, picked);
  await settled(another, "novel");
  expect(await another.page.locator(".book mark").textContent()).toBe(marked);
  expect(another.page.url()).toBe(picked);
  await another.close();
});

it("is what the masthead copies", async () => {
  const visitor = await visit(browser, `${host.url}#/positions`, {
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const { page } = visitor;
  await page.getByRole("slider", { name: "Rows" }).press("ArrowLeft");
  await expect.poll(() => page.url()).toContain("rowPower=8");
  await page.getByRole("button", { name: "Copy link" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(page.url());
  await visitor.close();
});

it.each(["lsh", "race", "reversible", "train", "image", "novel", "positions"])(
  "%s: what it says to try is set by a click",
  async (chapter) => {
    const visitor = await visit(browser, `${host.url}#/${chapter}`);
    const { page } = visitor;
    const links = page.locator(".try a");
    await links.first().waitFor();
    for (const link of await links.all()) {
      const href = (await link.getAttribute("href"))!;
      await link.click();
      // Settings that are unknown, or out of range, would be written back otherwise.
      await page.waitForTimeout(400);
      expect(new URL(page.url()).hash).toBe(href);
    }
    expect(visitor.complaints).toEqual([]);
    await visitor.close();
  },
);
