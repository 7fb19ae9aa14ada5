/**
 * `check:soak`: the page used over and over, 30 minutes or as many as `SOAK_MINUTES` says: a training that plays, pictures
 * completed, a novel continued. Neither the page's heap nor the worker's tensors may grow from the second round on.
 */
import { expect, it } from "vitest";
import { previewHost } from "./hosts";
import { launch, settled, type Visit, visit } from "./visit";

const minutes = Number(process.env["SOAK_MINUTES"] ?? 30);
/** What rounds may differ by: the engine's own bookkeeping. */
const slack = 1.25;

interface Measured {
  page: number;
  /** How many tensors the worker holds, and their bytes. */
  tensors: string;
}

async function measure({ page, fact }: Visit): Promise<Measured> {
  await page.locator(".backend summary").click();
  const tensors = await fact("tensors");
  await page.locator(".backend summary").click();
  const session = await page.context().newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  await session.detach();
  return { page: usedSize, tensors };
}

it(`does not grow in ${minutes} minutes`, { timeout: (minutes + 30) * 60_000 }, async () => {
  const host = await previewHost();
  const browser = await launch();
  const visitor = await visit(browser, host.url);
  const { page } = visitor;
  const goTo = (link: string) => page.evaluate((hash) => void (location.hash = hash), link);
  const rounds: Measured[] = [];
  const until = performance.now() + minutes * 60_000;
  while (performance.now() < until || rounds.length < 3) {
    await goTo("#/train?length=16&dModel=32");
    await settled(visitor, "train");
    await page.getByRole("button", { name: "▶ Play" }).click();
    await page.waitForTimeout(8000);
    await goTo("#/image?hiddenRows=3&samples=2");
    await settled(visitor, "image");
    await goTo("#/novel?maxTokens=100&window=10");
    await settled(visitor, "novel");
    await goTo("#/lsh");
    await page.locator(".measured", { hasText: "Measured" }).waitFor();
    rounds.push(await measure(visitor));
  }
  const [, second] = rounds;
  const last = rounds.at(-1)!;
  console.log(
    `${rounds.length} rounds; the second: ${JSON.stringify(second)}; the last: ${JSON.stringify(last)}`,
  );
  const megabytes = rounds.map(({ page: bytes }) => (bytes / 1e6).toFixed(2));
  console.log(`heap of the page after every round, in MB: ${megabytes.join(" ")}`);
  expect(last.tensors).toBe(second!.tensors);
  expect(last.page).toBeLessThan(slack * second!.page);
  expect(visitor.complaints).toEqual([]);
  await browser.close();
  await host.close();
});
