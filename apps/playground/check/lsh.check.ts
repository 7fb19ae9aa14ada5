/** Chapter 1, driven as a person would, and held to the numbers of packages/lsh. */
import { expect, it } from "vitest";
import { percent, short } from "../src/draw/format";
import { readRoute } from "../src/state/route";
import { expectedNumbers } from "./expected-share";
import { browser, host } from "./opened";
import { keepPicture, measured, type Visit, visit } from "./visit";

const settingsOf = ({ page }: Visit) => readRoute(new URL(page.url()).hash).query;

/** What the page says against what the oracle says, for the settings in its own address. */
async function expectOracle(visitor: Visit): Promise<void> {
  await expect
    .poll(async () => {
      const { share } = expectedNumbers(settingsOf(visitor));
      return Math.abs(Number.parseFloat(await visitor.fact("share")) - 100 * share);
    })
    .toBeLessThan(0.06);
}

it.each([
  "",
  "numBuckets=4&numHashes=4&chunkLength=6&causal=1&query=40&key=7",
  "text=abracadabra%2C+abracadabra&seed=11&acrossBuckets=0&query=13&key=0",
  "source=image&numBuckets=6&query=20&key=13",
  "source=circle&numHashes=3&chunksBefore=2&duplicateCorrection=1&query=9&key=2",
])("says what the oracle says: %s", async (query) => {
  const visitor = await visit(browser, `${host.url}#/lsh?${query}`);
  await measured(visitor);
  await expectOracle(visitor);
  const { buckets, score, fullWeight } = expectedNumbers(query);
  const asked = new URLSearchParams(query);
  const [position, key] = [Number(asked.get("query") ?? 33), Number(asked.get("key") ?? 12)];
  expect(await visitor.fact("bucket")).toBe(String(buckets[position - 1]));
  const stated = key === 0 ? undefined : [await visitor.fact("score"), await visitor.fact("full-weight")];
  expect(stated).toEqual(key === 0 ? undefined : [short(score), percent(fullWeight, 2)]);
  await visitor.close();
});

it("follows sliders, moved from the keyboard", async () => {
  const visitor = await visit(browser, host.url);
  await measured(visitor);
  for (const [label, key, setting] of [
    ["Buckets", "ArrowRight", "numBuckets=10"],
    ["Rounds of hashing", "End", "numHashes=8"],
    ["Chunk length", "ArrowLeft", "chunkLength=7"],
    ["Look back", "Home", "chunksBefore=0"],
    ["Length of a query", "ArrowRight", "sharpness=7"],
  ] as const) {
    await visitor.page.getByRole("slider", { name: label }).press(key);
    await expect.poll(() => settingsOf(visitor)).toContain(setting);
    await expectOracle(visitor);
  }
  await visitor.page.getByLabel("Causal").check();
  await expect.poll(() => settingsOf(visitor)).toContain("causal=1");
  await expectOracle(visitor);
  expect(visitor.complaints).toEqual([]);
  await visitor.close();
});

it("hashes what is typed, and asks for more when it is too little", async () => {
  const visitor = await visit(browser, host.url);
  await measured(visitor);
  const input = visitor.page.getByLabel("Your text");
  await input.fill("short");
  await visitor.page.getByText("Type at least 8 characters").waitFor();
  await input.fill("she sells sea shells on the sea shore");
  await expect.poll(() => settingsOf(visitor)).toContain("text=she+sells");
  await expectOracle(visitor);
  const sequence = await visitor.page.locator("svg.figure").getAttribute("aria-label");
  expect(sequence).toContain("37 vectors");
  await visitor.close();
});

it("plays its stages from the first to the last", async () => {
  const visitor = await visit(browser, host.url);
  await measured(visitor);
  await visitor.page.getByRole("button", { name: "Hash", exact: true }).click();
  await expect.poll(() => settingsOf(visitor)).toContain("stage=1");
  expect(await visitor.page.locator("svg.figure .threads").count()).toBe(0);
  await visitor.page.getByRole("button", { name: "▶ Play" }).click();
  await visitor.page.locator("svg.figure .threads").waitFor();
  await visitor.page.locator("svg.figure .fans").waitFor();
  await visitor.page.getByRole("button", { name: "▶ Play" }).waitFor();
  await visitor.close();
});

it("explains the cell under the pointer, and keeps it on a click", async () => {
  const visitor = await visit(browser, `${host.url}#/lsh?query=0`);
  await measured(visitor);
  const canvas = visitor.page.locator(".matrix canvas").first();
  await canvas.scrollIntoViewIfNeeded();
  const box = (await canvas.boundingBox())!;
  const { length } = expectedNumbers("");
  const at = (position: number, extent: number) => ((position - 0.5) / length) * extent;
  await visitor.page.mouse.move(box.x + at(12, box.width), box.y + at(33, box.height));
  await expect.poll(() => visitor.fact("score")).toBe(short(expectedNumbers("query=33&key=12").score));
  expect(await visitor.fact("pair")).toContain(`q·k = ${short(expectedNumbers("query=33&key=12").score)}`);
  await visitor.page.mouse.click(box.x + at(10, box.width), box.y + at(31, box.height));
  await visitor.page.mouse.move(5, 5);
  await expect.poll(() => settingsOf(visitor)).toBe("query=31&key=10");
  expect(await visitor.fact("score")).toBe(short(expectedNumbers("query=31&key=10").score));
  await visitor.close();
});

it("follows a point that is dragged, or moved with the keys", async () => {
  const visitor = await visit(browser, `${host.url}#/lsh?source=circle&query=0`);
  await measured(visitor);
  const circle = visitor.page.locator("svg.circle");
  const before = await visitor.fact("share");
  const point = (await circle.locator(".point").nth(3).boundingBox())!;
  const whole = (await circle.boundingBox())!;
  await visitor.page.mouse.move(point.x + point.width / 2, point.y + point.height / 2);
  await visitor.page.mouse.down();
  await visitor.page.mouse.move(whole.x + whole.width / 2, whole.y + 10, { steps: 6 });
  await visitor.page.mouse.up();
  await expect.poll(() => settingsOf(visitor)).toContain("points=");
  await expectOracle(visitor);
  expect(await visitor.fact("share")).not.toBe(before);
  await circle.press("ArrowRight");
  await expectOracle(visitor);
  await keepPicture(visitor, "lsh-circle-dragged");
  await visitor.close();
});

it("says the formula of any cell under the pointer, in every row of the figure", async () => {
  const visitor = await visit(browser, host.url, { reducedMotion: "reduce" });
  await measured(visitor);
  const { length, buckets } = expectedNumbers("");
  for (const [row, said] of [
    [0, "‘w’ at 33: 16 numbers, |x| = 6."],
    [1, `bucket of ‘w’ at 33 = argmax [xR ; −xR] = ${buckets[32]},`],
  ] as const) {
    await visitor.page
      .locator("svg.figure .cell")
      .nth(row * length + 32)
      .hover();
    expect(await visitor.fact("cell")).toContain(said);
  }
  const sorted = visitor.page.locator("svg.figure .cell").nth(2 * length);
  await sorted.hover();
  expect(await visitor.fact("cell")).toMatch(/^slot of .* = 0 in smaller buckets \+ 0 before it .* = 1\.$/);
  await visitor.close();
});

it("draws the same picture from the same link", async () => {
  const link = `${host.url}#/lsh?seed=5&numBuckets=6&numHashes=3&round=2&query=20&key=9`;
  const pictures: string[] = [];
  for (let i = 0; i < 2; i++) {
    const visitor = await visit(browser, link, { reducedMotion: "reduce" });
    await measured(visitor);
    const figure = await visitor.page.locator("svg.figure").innerHTML();
    const matrix = await visitor.page
      .locator(".matrix canvas")
      .last()
      .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
    pictures.push(figure + matrix);
    await visitor.close();
  }
  expect(pictures[0]!.length).toBeGreaterThan(10_000);
  expect(pictures[0]).toBe(pictures[1]);
});

it("shows the very code that runs", async () => {
  const visitor = await visit(browser, host.url);
  await visitor.page.getByRole("button", { name: "packages/lsh/src/hash.ts" }).click();
  await visitor.page.getByText("export function hashVectors").waitFor();
  expect(await visitor.page.locator("dialog[open] header").textContent()).toContain(
    "packages/lsh/src/hash.ts",
  );
  await visitor.page.keyboard.press("Escape");
  await visitor.page.getByText("export function hashVectors").waitFor({ state: "hidden" });
  await visitor.close();
});
