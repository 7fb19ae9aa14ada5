/** A visitor: a fresh browser window that notes every request and every complaint. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { root } from "./hosts";

export const artifacts = join(root, "../../artifacts/playground");
mkdirSync(artifacts, { recursive: true });

export function launch(...flags: string[]): Promise<Browser> {
  return chromium.launch({ executablePath: process.env["CHROMIUM"], args: ["--no-sandbox", ...flags] });
}

/** Milliseconds. A machine that does other work as well may stand still for minutes; what fails, fails as surely later. */
export const patience = 900_000;

export interface Visit {
  page: Page;
  requests: string[];
  complaints: string[];
  /** The text of a number that the page states. */
  fact: (name: string) => Promise<string>;
  close: () => Promise<void>;
}

export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on("request", (request) => requests.push(request.url()));
  page.on("requestfailed", (request) => complaints.push(`not loaded: ${request.url()}`));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  await page.goto(url);
  const fact = async (name: string) => (await page.locator(`[data-fact="${name}"]`).textContent()) ?? "";
  return { page, requests, complaints, fact, close: () => context.close() };
}

/** Until the numbers on the page are this machine's, for the settings that are shown. */
export async function measured({ page }: Visit): Promise<void> {
  await page.locator(".measured", { hasText: "Measured on your machine" }).waitFor();
  await page.locator('.stage[aria-busy="false"]').waitFor();
}

/** A picture for the eye, kept as an artifact. */
export async function keepPicture({ page }: Visit, name: string): Promise<void> {
  await page.screenshot({ path: join(artifacts, `${name}.png`), fullPage: true, animations: "disabled" });
}

/** Until the chapter is there, and nothing that it shows was prepared. */
export async function ownNumbers({ page }: Visit): Promise<void> {
  await page.locator("main h2").waitFor();
  await page.waitForFunction(() => document.querySelector('[data-fact="prepared"]') === null);
}

/** Until a chapter has measured what it measures; the race is stopped once it has begun. */
export async function settled(visitor: Visit, chapter: string): Promise<void> {
  const { page, fact } = visitor;
  if (chapter === "lsh") return measured(visitor);
  if (chapter !== "novel") await ownNumbers(visitor);
  if (chapter === "race") {
    await page.getByRole("button", { name: "Stop" }).waitFor();
    await page.locator(".series.first circle").nth(2).waitFor();
    await page.getByRole("button", { name: "Stop" }).click();
  }
  if (chapter === "reversible") {
    await page.getByText("At 24 layers").waitFor();
    await page.locator('[data-fact="rebuild-error"]').waitFor();
  }
  if (chapter === "train") {
    await page.locator('[data-fact="held-out"]', { hasText: "bits" }).waitFor();
  }
  if (chapter === "image") {
    await page.locator('[data-picture="sample"][data-known="1024"]').first().waitFor();
    await page.getByRole("button", { name: "Fill it in" }).waitFor();
  }
  if (chapter === "novel") {
    await page.getByText("bytes, as many tokens").waitFor();
    await page.getByRole("button", { name: "Read, and go on" }).click();
    await page.locator('.stage[aria-busy="false"]').waitFor();
    await page.locator(".passages li").first().waitFor();
  }
  if (chapter === "positions") await fact("ratio");
}
