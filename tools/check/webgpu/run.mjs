/**
 * `pnpm check:webgpu [cases]`: the suite of kernels in a real, headless Chromium, on its own WebGPU: on a graphics card
 * where there is one, and otherwise on the software adapter that comes with Chromium. Default: 3 cases a kernel besides
 * the example. `CHROMIUM` names a browser that is not where Debian puts it.
 */
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import { bundlePage } from "./bundle.mjs";

const usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = (process.env.CHROMIUM ? [process.env.CHROMIUM] : usual).find((path) =>
  existsSync(path),
);
if (executablePath === undefined) {
  console.error(
    "There is no Chromium here: install it (on Debian: apt-get install chromium), or name one in CHROMIUM.",
  );
  process.exit(2);
}
const software = ["--use-webgpu-adapter=swiftshader", "--enable-unsafe-swiftshader"];
const flags = ["--no-sandbox", "--enable-unsafe-webgpu", "--enable-features=Vulkan"];
if (!existsSync("/dev/dri")) flags.push(...software);

const [runs = "3"] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: flags });
try {
  process.exitCode = await check(await browser.newPage());
} finally {
  await browser.close();
}

/** WebGPU is for secure origins alone, which a page that is made up here may have. */
async function check(page) {
  page.on("pageerror", (error) => console.error(error.message));
  const address = "https://kernels.example/";
  const script = await bundlePage();
  await page.route(`${address}**`, (route) =>
    route.request().url() === address
      ? route.fulfill({ contentType: "text/html", body: '<script src="page.js"></script>' })
      : route.fulfill({ contentType: "text/javascript", body: script }),
  );
  await page.goto(address);
  const { fused, composed, workgroupMemory, buffers } = await page.evaluate(() => globalThis.kernels.open());
  console.log(
    `Chromium ${browser.version()}: ${fused.length} kernels fused, ${composed.length} composed; ` +
      `${workgroupMemory} bytes of workgroup memory, ${buffers} storage buffers.`,
  );
  const rows = await page.evaluate((count) => globalThis.kernels.check(count), Number(runs));
  for (const { name, cases, worst, failure } of rows) {
    console.log(
      `${failure ? "FAILED" : "ok    "} ${name.padEnd(30)} ${cases} cases, largest error ${worst.toFixed(2)} of the tolerance` +
        (failure ? `: ${failure}` : ""),
    );
  }
  const failed = rows.filter(({ failure }) => failure).length;
  console.log(`${rows.length - failed} kernels passed, ${failed} failed.`);
  return failed === 0 ? 0 : 1;
}
