/** Opens a page with one script in a real browser and waits for the title that the script gives it. */
import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { chromium } from "playwright-core";

/** @returns what the page says of itself */
export async function browse(folder, script) {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  if (!existsSync(executablePath)) throw new Error(`no browser at ${executablePath}; name one in CHROMIUM`);
  const server = createServer(({ url }, response) => {
    const isScript = url === `/${script}`;
    if (!isScript && url !== "/") return response.writeHead(404).end();
    response.writeHead(200, { "Content-Type": isScript ? "text/javascript" : "text/html" });
    response.end(
      isScript
        ? readFileSync(join(folder, script))
        : `<!doctype html><script type="module" src="/${script}"></script>`,
    );
  });
  await new Promise((resolve) => server.listen(0, resolve));
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    const errors = [];
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(`http://localhost:${server.address().port}/`);
    await page.waitForFunction(() => /^(ok|failed) /.test(document.title), undefined, { timeout: 120_000 });
    const title = await page.title();
    if (!title.startsWith("ok ") || errors.length > 0) throw new Error(`${title} ${errors}`);
    return title.slice(3);
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
}
