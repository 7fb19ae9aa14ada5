/**
 * `check:book`: a whole book in the window of the novel chapter. Read by the worker, continued, and opened where it looked;
 * it prints what that took.
 */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { expect, it } from "vitest";
import { previewHost, root } from "./hosts";
import { keepPicture, launch, visit } from "./visit";

const patience = 90 * 60_000;
const bookTokens = gunzipSync(
  readFileSync(join(root, "../trainer/assets/crime-and-punishment.txt.gz")),
).length;

it(
  "reads a whole book, writes on, and opens passages that no local layer sees",
  { timeout: patience },
  async () => {
    const host = await previewHost();
    const browser = await launch();
    const visitor = await visit(browser, `${host.url}#/novel?window=21&place=1000&maxTokens=400`);
    const { page, fact } = visitor;
    await page.getByText("bytes, as many tokens").waitFor({ timeout: 60_000 });
    await page.getByRole("button", { name: "Read, and go on" }).click();
    await page.getByText("1 of 4 layers done").waitFor({ timeout: patience });
    await page.locator('[data-fact="written"]').waitFor({ timeout: patience });
    const peak = await peakOfRenderers(browser);
    await page.locator('.stage[aria-busy="false"]').waitFor({ timeout: patience });
    expect(visitor.complaints).toEqual([]);
    const told = await Promise.all(["tokens", "read-time", "memory", "pace"].map(fact));
    console.log(`tokens read, reading took, remembered, a token takes: ${told.join("; ")}`);
    console.log(`peak of the page's process: ${peak}`);
    expect(Number(told[0]!.replaceAll(",", ""))).toBe(bookTokens);
    const distances = await page.locator(".passages li .help").allTextContents();
    console.log(`passages that the last token looked at: ${distances.join(", ")}`);
    const bytesBefore = distances.map((text) => Number(text.replaceAll(",", "").split(" ")[0]));
    // Beyond the chunks that a local layer of 32 sees; in a bucket of many the newest are nearest in the sorted order.
    expect(Math.max(...bytesBefore)).toBeGreaterThan(256);
    await page
      .locator(".passages button")
      .nth(bytesBefore.indexOf(Math.max(...bytesBefore)))
      .click();
    await page.locator(".book mark").first().waitFor();
    await keepPicture(visitor, "novel-whole-book");
    await browser.close();
    await host.close();
  },
);

/** The most memory that a process of a page has had, where the system tells (Linux). */
async function peakOfRenderers(browser: Browser): Promise<string> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const peaks = processInfo
    .filter(({ type }) => type === "renderer")
    .map(({ id }) => {
      try {
        const status = readFileSync(`/proc/${id}/status`, "utf8");
        return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
      } catch {
        return Number.NaN;
      }
    })
    .filter((bytes) => bytes > 0);
  return peaks.length > 0 ? `${(Math.max(...peaks) / 1e9).toFixed(2)} GB` : "not told here";
}
