/**
 * `node tools/docs/screenshots.mjs`: walks through the built site as a newcomer would, in light, dark and on a phone, and leaves pictures in
 * artifacts/docs. Says what the browser complained of, and which page is wider than the phone; ends with 1 when there is such a thing.
 */
import { createReadStream, existsSync, mkdirSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const site = fileURLToPath(new URL("../../artifacts/site", import.meta.url));
const pictures = fileURLToPath(new URL("../../artifacts/docs", import.meta.url));
const pages = [
  "index",
  "getting-started",
  "examples",
  "troubleshooting",
  "playground",
  "packages/lsh",
  "packages/model",
  "packages/trainer",
  "configuration",
  "api/index",
  "docs/architecture",
  "docs/hashing",
  "docs/gradients",
  "docs/performance",
  "docs/results",
  "docs/migrate/transformers",
  "docs/features",
  "contributing",
];
const ways = {
  light: { viewport: { width: 1280, height: 900 }, colorScheme: "light" },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: "light" },
};
const types = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".wasm": "application/wasm",
};

const server = createServer(({ url }, response) => {
  const path = join(site, normalize(decodeURIComponent(new URL(url, "http://site").pathname)));
  const file = existsSync(path) && statSync(path).isDirectory() ? join(path, "index.html") : path;
  if (!existsSync(file)) return response.writeHead(404).end();
  response.writeHead(200, { "Content-Type": types[extname(file)] ?? "application/octet-stream" });
  createReadStream(file).pipe(response);
});
await new Promise((resolve) => server.listen(0, resolve));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
mkdirSync(pictures, { recursive: true });
const complaints = [];
for (const [way, options] of Object.entries(ways)) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(300_000);
  for (const name of pages) {
    const page = await context.newPage();
    page.on("pageerror", ({ message }) => complaints.push(`${name}, ${way}: ${message}`));
    page.on("response", (response) => {
      if (response.status() >= 400)
        complaints.push(`${name}, ${way}: ${response.status()} ${response.url()}`);
    });
    await page.goto(`http://localhost:${server.address().port}/${name}.html`, { waitUntil: "load" });
    await page.waitForTimeout(500);
    const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    if (over > 0) complaints.push(`${name}, ${way}: ${over} pixels wider than the window`);
    await page.screenshot({ path: join(pictures, `${name.replaceAll("/", "-")}-${way}.png`) });
    await page.close();
  }
  await context.close();
}
await browser.close();
server.closeAllConnections();
server.close();
for (const complaint of complaints) console.error(complaint);
console.log(`${pages.length} pages in ${Object.keys(ways).join(", ")}: ${pictures}`);
process.exit(complaints.length === 0 ? 0 : 1);
