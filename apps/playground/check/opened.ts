/** A browser, and the page as `npm run preview` serves it: open while the tests of the file that imports them run. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { type Host, previewHost } from "./hosts";
import { launch } from "./visit";

export let browser: Browser;
export let host: Host;

beforeAll(async () => {
  [browser, host] = await Promise.all([launch(), previewHost()]);
});
afterAll(async () => {
  await browser?.close();
  await host?.close();
});
