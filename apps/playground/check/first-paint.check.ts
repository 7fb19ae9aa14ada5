/** What a link shows before this machine has computed anything, in every chapter: prepared numbers, which say so. */
import { expect, it } from "vitest";
import { browser, host } from "./opened";
import { keepPicture, measured, ownNumbers, visit } from "./visit";

/** What computes, what it computes with, and the book. */
const neverCome = /assets\/(worker|model|crime-and-punishment)[^/]*$/;

const picture = ["svg.figure .cell", ".matrix canvas", ".projections rect", ".share .curve"];
const chart = (kind: string) => `.xy [role="img"] .${kind} .curve[d^="M"]`;
const links: [link: string, shown: string[], note: RegExp | null][] = [
  ["lsh", picture, /^Prepared with the page; your/],
  ["lsh?source=image&query=21&key=12", picture, /^Prepared with the page; your/],
  ["lsh?source=circle&query=5&key=4", ["svg.circle .point", ...picture], /^Prepared with the page; your/],
  ["lsh?seed=9&numHashes=4", picture, /^Prepared with the page, for its first settings/],
  ["race", [chart("first"), chart("second")], /timed on the machine that built it/],
  ["race?numHashes=4", [chart("first"), chart("second")], /for its first settings; timed/],
  ["reversible", [".ladder .rebuilt .strip rect", chart("first"), chart("second")], /^Prepared/],
  ["reversible?layers=8&seed=3&step=16", [".ladder .strip rect", chart("first")], /for its first settings/],
  ["train", [chart("first"), chart("second"), ".letters code", ".bucket-map"], /so a training goes/],
  ["train?task=text&length=64", [chart("first"), ".prose b", ".bucket-map"], /so a training goes/],
  ["image", ['.gallery [data-picture="sample"][data-known="1024"]', ".picture-strip canvas"], /^Prepared/],
  ["image?hiddenRows=8&picture=3", [".gallery canvas", '[data-picture="sample"]'], null],
  ["novel", ['.book [data-fact="written"]', ".passages li"], /press “Read, and go on”/],
  ["novel?place=500&seed=4", [".book .prose", ".passages li"], /for its first settings; press/],
  ["positions", ["canvas.grid", chart("first"), '[data-fact="ratio"]'], null],
];

it.each(links)("%s is there before anything has been computed", async (link, shown, note) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.route(neverCome, () => {});
  await page.addInitScript((selectors) => {
    const look = () => {
      if (!selectors.every((selector) => document.querySelector(selector))) return;
      observer.disconnect();
      requestAnimationFrame(() => performance.mark("meaningful"));
    };
    const observer = new MutationObserver(look);
    observer.observe(document, { childList: true, subtree: true, attributes: true });
  }, shown);
  await page.goto(`${host.url}#/${link}`);
  for (const selector of shown) await page.locator(selector).first().waitFor();
  await page.waitForFunction(() => performance.getEntriesByName("meaningful").length > 0);
  const times = await page.evaluate(() =>
    ["first-contentful-paint", "meaningful"].map((name) => performance.getEntriesByName(name)[0]?.startTime),
  );
  console.log(
    `${link}: first paint after ${times.map((time) => time?.toFixed(0)).join(" ms, all of it after ")} ms`,
  );
  expect(await page.locator('[data-fact="backend"]').textContent()).toBe("starting …");
  const notes = await page.locator('[data-fact="prepared"]').allTextContents();
  expect(notes[0] ?? "no note").toMatch(note ?? /^no note$/);
  await context.close();
});

it("is replaced by the same numbers, measured", async () => {
  const visitor = await visit(browser, host.url);
  const prepared = await visitor.fact("share");
  expect(prepared).toMatch(/^\d+\.\d%$/);
  await measured(visitor);
  expect(await visitor.fact("share")).toBe(prepared);
  expect(await visitor.page.locator('[data-fact="prepared"]').count()).toBe(0);
  await visitor.close();
});

it("is compared with, while a training runs: the curve of the build stays below the visitor's own", async () => {
  const visitor = await visit(browser, `${host.url}#/train`);
  await ownNumbers(visitor);
  await visitor.page.locator(chart("ghost")).waitFor();
  await visitor.page.getByRole("button", { name: "Step", exact: true }).click();
  await expect.poll(() => visitor.fact("step")).toBe("1");
  await keepPicture(visitor, "train-begun");
  // Another seed is another training.
  await visitor.page.getByRole("button", { name: "Another seed" }).click();
  await visitor.page.locator(chart("ghost")).waitFor({ state: "detached" });
  await visitor.close();
});
