/** The states that a visitor brings a page into, each looked at by axe, on a desk and on a phone. */
import type { BrowserContextOptions } from "playwright-core";
import { describe, expect, it } from "vitest";
import { objections } from "./axe";
import { browser, host } from "./opened";
import { keepPicture, settled, type Visit, visit } from "./visit";

const press = ({ page }: Visit, name: string) => page.getByRole("button", { name, exact: true }).click();

const states: Record<string, { link: string; reach: (visitor: Visit) => Promise<unknown> }> = {
  "prepared-for-others": {
    link: "lsh?seed=9",
    reach: async ({ page }) => {
      await page.route(/assets\/worker/, () => {});
      await page.reload();
      await page.getByText("for its first settings").first().waitFor();
    },
  },
  "backend-opened": {
    link: "lsh",
    reach: async (visitor) => {
      await settled(visitor, "lsh");
      await visitor.page.locator(".backend summary").click();
      await visitor.page.locator('[data-fact="tensors"]').waitFor();
      const box = (await visitor.page.locator(".backend > div").boundingBox())!;
      expect(box.x).toBeGreaterThanOrEqual(0);
    },
  },
  "source-opened": {
    link: "reversible",
    reach: async (visitor) => {
      await press(visitor, "packages/reversible/src/sequence.ts");
      await visitor.page.locator("dialog[open]").getByText("export function forward").waitFor();
    },
  },
  "text-too-short": {
    link: "lsh",
    reach: async ({ page }) => {
      await page.getByLabel("Your text").fill("short");
      await page.getByText("Type at least 8 characters").waitFor();
    },
  },
  training: {
    link: "train?length=16&dModel=32",
    reach: async (visitor) => {
      await settled(visitor, "train");
      await press(visitor, "▶ Play");
      await expect.poll(async () => Number(await visitor.fact("step"))).toBeGreaterThan(3);
      await visitor.page.getByText("The numbers").click();
    },
  },
  "file-refused": {
    link: "train",
    reach: async ({ page }) => {
      const noise = { name: "noise.txt", mimeType: "text/plain", buffer: Buffer.alloc(4000, 0xff) };
      await page.locator('input[type="file"]').setInputFiles([noise]);
      await page.getByRole("alert").waitFor();
    },
  },
  "passage-opened": {
    link: "novel?maxTokens=100&window=11",
    reach: async (visitor) => {
      await settled(visitor, "novel");
      await visitor.page.locator(".passages button").first().click();
      await visitor.page.locator(".book mark").first().waitFor();
    },
  },
  painting: {
    link: "image?hiddenRows=24&samples=6",
    reach: ({ page }) => page.getByRole("button", { name: "Stop" }).waitFor(),
  },
};

describe.each([
  ["desk", { colorScheme: "dark" }],
  ["phone", { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 }],
] as [string, BrowserContextOptions][])("on a %s", (look, options) => {
  it.each(Object.entries(states))("%s", async (name, { link, reach }) => {
    const visitor = await visit(browser, `${host.url}#/${link}`, { ...options, reducedMotion: "reduce" });
    await reach(visitor);
    await keepPicture(visitor, `state-${name}-${look}`);
    expect(await objections(visitor)).toEqual([]);
    await visitor.close();
  });
});
