/** The other chapters, driven as a person would. */
import { expect, it } from "vitest";
import { axialParameters, fullParameters } from "../src/chapters/positions/arithmetic";
import { whole } from "../src/draw/format";
import { browser, host } from "./opened";
import { measured, settled, visit } from "./visit";

it("goes from chapter to chapter, back, and to a chapter that does not exist", async () => {
  const visitor = await visit(browser, host.url);
  const { page } = visitor;
  const heading = () => page.locator("h2").textContent();
  await measured(visitor);
  for (const title of [
    "Full against LSH",
    "Train",
    "Complete an image",
    "Continue a novel",
    "Reversible layers",
    "Positions",
  ]) {
    await page.getByRole("navigation").getByRole("link", { name: title }).click();
    await expect.poll(heading).toBe(title);
    expect(await page.title()).toContain(title);
  }
  await page.goBack();
  await expect.poll(heading).toBe("Reversible layers");
  await page.goto(`${host.url}#/no-such-chapter`);
  await expect.poll(heading).toBe("Hash, sort, chunk, attend");
  await measured(visitor);
  expect(visitor.complaints).toEqual([]);
  await visitor.close();
});

it("positions: states the counts of the shape in the link, and keeps what is picked", async () => {
  const visitor = await visit(browser, `${host.url}#/positions?rowPower=10&columnPower=10&dModel=512`);
  const shape = { rows: 1024, columns: 1024, dModel: 512, rowDims: 128 };
  expect(await visitor.fact("full")).toBe(whole(fullParameters(shape)));
  expect(await visitor.fact("axial")).toBe(whole(axialParameters(shape)));
  await visitor.page.getByRole("slider", { name: "Rows" }).press("ArrowLeft");
  await expect.poll(() => visitor.fact("axial")).toBe(whole(axialParameters({ ...shape, rows: 512 })));
  await visitor.page.locator("canvas.grid").click({ position: { x: 3, y: 3 } });
  await expect.poll(() => visitor.page.url()).toMatch(/position=\d+/);
  await visitor.close();
});

it("reversible: rebuilds to rounding, and keeps less than it would", async () => {
  const visitor = await visit(browser, `${host.url}#/reversible?layers=6&step=12`);
  await settled(visitor, "reversible");
  const error = /^([\d.]+)·10⁻([⁰¹²³⁴⁵⁶⁷⁸⁹]+)$/.exec(await visitor.fact("rebuild-error"));
  const power = [...error![2]!].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(digit)).join("");
  expect(Number(power)).toBeGreaterThanOrEqual(5);
  const [reversible, kept] = [await visitor.fact("reversible-bytes"), await visitor.fact("kept-bytes")];
  expect([reversible, kept]).toEqual([expect.stringContaining("MB"), expect.stringContaining("MB")]);
  expect(Number.parseFloat(kept)).toBeGreaterThan(5 * Number.parseFloat(reversible));
  await visitor.page.getByRole("slider", { name: "Step" }).press("Home");
  await visitor.page.getByText("Nothing has run yet").waitFor();
  await visitor.page.getByRole("button", { name: "▶ Play" }).click();
  await visitor.page.getByText("Forward is done").waitFor();
  await visitor.page.getByText("Backward is done").waitFor();
  expect(visitor.complaints).toEqual([]);
  await visitor.close();
});

it("race: both run, a click stops them, another starts anew", async () => {
  const visitor = await visit(browser, `${host.url}#/race?depth=16`);
  await settled(visitor, "race");
  await visitor.page.getByText("The numbers").first().click();
  const row = await visitor.page.locator("table tbody tr").first().innerText();
  expect(row.split(/\s*\t\s*/).length).toBe(3);
  expect(row).toMatch(/^256\t[\d.]+ ms\t[\d.]+ ms$/);
  await visitor.page.getByRole("button", { name: "Run with these settings" }).click();
  await visitor.page.getByRole("button", { name: "Stop" }).waitFor();
  await visitor.close();
});
