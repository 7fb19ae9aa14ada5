/**
 * `check:book`: 262,144 bytes of a book, the most there is room for, in the window of the novel chapter. Read by the worker,
 * continued, and opened where it looked.
 */
import { expect, it } from "vitest";
import { previewHost } from "./hosts";
import { keepPicture, launch, visit } from "./visit";

const power = 18;
const patience = 50 * 60_000;

it(
  `reads 2^${power} tokens, writes on, and opens passages that no local layer sees`,
  { timeout: patience },
  async () => {
    const host = await previewHost();
    const browser = await launch();
    const visitor = await visit(browser, `${host.url}#/novel?window=${power}&maxTokens=400`);
    const { page, fact } = visitor;
    await page.getByText("bytes, as many tokens").waitFor({ timeout: 60_000 });
    await page.getByRole("button", { name: "Read, and go on" }).click();
    await page.getByText("1 of 4 layers done").waitFor({ timeout: patience });
    await page.locator('[data-fact="written"]').waitFor({ timeout: patience });
    await page.locator('.stage[aria-busy="false"]').waitFor({ timeout: patience });
    expect(visitor.complaints).toEqual([]);
    const told = await Promise.all(["tokens", "read-time", "memory", "pace"].map(fact));
    console.log(`tokens read, reading took, remembered, a token takes: ${told.join("; ")}`);
    expect(Number(told[0]!.replaceAll(",", ""))).toBeGreaterThan(2 ** power - 1);
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
