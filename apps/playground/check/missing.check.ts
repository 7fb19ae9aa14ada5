/** Graceful words where a browser lacks something: WebGPU, isolation (and with it SharedArrayBuffer), memory. */
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { plainHost } from "./hosts";
import { browser, host } from "./opened";
import { measured, settled, visit } from "./visit";

/** Runs `script` in every worker of the page before the worker's own. */
const inWorkers = (page: Page, script: string) =>
  page.route(/assets\/worker[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${script};${await response.text()}` });
  });

it("no WebGPU in the browser: says so, and computes on WebAssembly", async () => {
  const visitor = await visit(browser, "about:blank");
  await inWorkers(visitor.page, `Object.defineProperty(navigator, "gpu", { value: undefined })`);
  await visitor.page.goto(host.url);
  const prepared = await visitor.fact("share");
  await measured(visitor);
  expect(await visitor.fact("share")).toBe(prepared);
  expect(await visitor.fact("backend")).toContain("WebAssembly");
  await visitor.page.locator(".backend summary").click();
  expect(await visitor.page.locator(".backend li").allTextContents()).toEqual([
    "WebGPU: this browser has none, or the page is not served securely",
  ]);
  await visitor.close();
});

it("no isolation: says that there is no SharedArrayBuffer, and computes the same", async () => {
  const own = await plainHost();
  const visitor = await visit(browser, own.url);
  const prepared = await visitor.fact("share");
  await measured(visitor);
  expect(await visitor.fact("share")).toBe(prepared);
  expect(await visitor.page.evaluate(() => typeof SharedArrayBuffer)).toBe("undefined");
  expect(await visitor.fact("not-isolated")).toContain("no SharedArrayBuffer");
  await visitor.close();
  await own.close();
});

it("no memory: a window that does not fit is refused in a sentence, and a shorter one is read after it", async () => {
  const visitor = await visit(browser, "about:blank");
  const { page } = visitor;
  // As on a device with little left: what has been granted stays, and nothing more is.
  await inWorkers(
    page,
    `{ const grow = WebAssembly.Memory.prototype.grow;
       WebAssembly.Memory.prototype.grow = function (pages) {
         if (this.buffer.byteLength + 65536 * pages > 150e6) throw new RangeError("WebAssembly.Memory.grow(): Unable to grow instance memory");
         return grow.call(this, pages);
       }; }`,
  );
  await page.goto(`${host.url}#/novel?window=15&maxTokens=100`);
  await page.getByText("bytes, as many tokens").waitFor();
  await page.getByRole("button", { name: "Read, and go on" }).click();
  const notice = page.getByRole("alert");
  await notice.waitFor();
  const [said] = await notice.allTextContents();
  console.log(`without memory: ${said}`);
  expect(said).toMatch(/not enough memory/);
  // What was prepared stays, and so does the rest of the page.
  await page.locator(".book .prose").waitFor();
  for (let i = 0; i < 6; i++)
    await page.getByRole("slider", { name: "Tokens in the window" }).press("ArrowLeft");
  await settled(visitor, "novel");
  expect(await visitor.fact("tokens")).toBe("512");
  expect(await notice.count()).toBe(0);
  await visitor.close();
});
