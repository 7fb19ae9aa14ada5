/** `npm run check:browser -- figure`: the picture of the page that the README shows. */
import { join } from "node:path";
import { expect, it } from "vitest";
import { fields, novelLine } from "../src/chapters/lsh/settings";
import { previewHost, root } from "./hosts";
import { launch, measured, visit } from "./visit";

it("draws docs/figures/playground.png", async () => {
  const host = await previewHost();
  const browser = await launch();
  const viewport = { width: 1240, height: 1100 };
  const visitor = await visit(browser, host.url, { viewport, reducedMotion: "reduce" });
  await measured(visitor);
  // What the hash makes of the letter that is picked.
  const cells = visitor.page.locator("svg.figure .cell");
  await cells.nth(novelLine.length + fields.query.initial - 1).hover();
  const card = (await visitor.page.locator(".figure-card").boundingBox())!;
  await visitor.page.screenshot({
    path: join(root, "../../docs/figures/playground.png"),
    clip: { x: 0, y: 0, width: viewport.width, height: Math.ceil(card.y + card.height) + 14 },
  });
  expect(visitor.complaints).toEqual([]);
  await browser.close();
  await host.close();
});
