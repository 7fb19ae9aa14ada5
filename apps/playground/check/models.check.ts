/** The chapters with models in them, driven as a person would, their numbers held against the packages' own. */
import "@tensorflow/tfjs-backend-cpu";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import {
  countParameters,
  createReformer,
  decodeSafetensors,
  generate,
  initializeParameters,
  parametersFromState,
  readParameters,
  registerMissingKernels,
  resolveConfig,
  transformersFiles,
  widened,
} from "@reformer-ts/model";
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { paletteCode } from "../src/chapters/image/pixel-code";
import { excerpt } from "../src/chapters/novel/passages-of";
import { whole } from "../src/draw/format";
import { root } from "./hosts";
import { browser, host } from "./opened";
import { keepPicture, launch, settled, visit } from "./visit";

const folder = (name: string) => join(root, "assets", name);
const shippedConfig = (name: string) =>
  resolveConfig(JSON.parse(readFileSync(join(folder(name), "config.json"), "utf8")));

/** What the package writes after a prompt with a shipped model, the likeliest token each time. */
async function likeliest(name: string, prompt: Int32Array, maxTokens: number): Promise<number[]> {
  registerMissingKernels();
  const config = shippedConfig(name);
  const { tensors } = decodeSafetensors(readFileSync(join(folder(name), "model.safetensors")), name);
  const state = Object.fromEntries(Object.entries(tensors).map(([part, stored]) => [part, widened(stored)]));
  const parameters = parametersFromState(config, state, name);
  const written: number[] = [];
  const options = { maxTokens, temperature: 0, seed: 1 };
  for await (const token of generate(createReformer(config, parameters), prompt, options))
    written.push(token);
  parameters.dispose();
  return written;
}

const drop = (page: Page, files: string[] | { name: string; mimeType: string; buffer: Buffer }[]) =>
  page.locator('input[type="file"]').setInputFiles(files);

it("train: plays, pauses, steps, resets to the same first figure, and saves what it can open again", async () => {
  const visitor = await visit(browser, `${host.url}#/train?length=16&dModel=32`);
  const { page, fact } = visitor;
  const step = async () => Number((await fact("step")).replaceAll(",", "")) || 0;
  await settled(visitor, "train");
  const first = await fact("held-out");
  await page.getByRole("button", { name: "Step", exact: true }).click();
  await expect.poll(step).toBe(1);
  await page.getByRole("button", { name: "▶ Play" }).click();
  await expect.poll(step).toBeGreaterThan(4);
  // The page answers while the worker trains: a look at the model comes every 1.2 s, and all is drawn anew.
  const waited = await page.evaluate(async () => {
    const late: number[] = [];
    for (const until = performance.now() + 6000; performance.now() < until;) {
      const before = performance.now();
      await new Promise((resolve) => setTimeout(resolve, 5));
      late.push(performance.now() - before - 5);
    }
    return late.toSorted((a, b) => b - a).slice(0, 3);
  });
  console.log(
    `while training, the page was busy for ${waited.map((time) => time.toFixed(0)).join(", ")} ms at its longest in 6 s`,
  );
  await page.getByRole("button", { name: "❚❚ Pause" }).click();
  const downloads: string[] = [];
  page.on("download", (download) => downloads.push(download.suggestedFilename()));
  const weights = page.waitForEvent("download", (download) =>
    download.suggestedFilename().endsWith(".safetensors"),
  );
  await page.getByRole("button", { name: "Save the model" }).click();
  const saved = readFileSync((await (await weights).path())!);
  expect(downloads.toSorted()).toEqual(["config.json", "model.safetensors"]);
  const { tensors } = decodeSafetensors(saved, "saved");
  const count = Object.values(tensors).reduce((sum, { data }) => sum + data.length, 0);
  expect(whole(count)).toBe(await fact("parameters"));
  await page.getByRole("button", { name: "Reset" }).click();
  await expect.poll(() => fact("held-out")).toBe(first);
  expect(visitor.complaints).toEqual([]);
  await visitor.close();
});

it("train: learns to copy", async () => {
  const visitor = await visit(browser, `${host.url}#/train?length=16`);
  await settled(visitor, "train");
  await visitor.page.getByRole("button", { name: "▶ Play" }).click();
  await expect.poll(async () => Number.parseFloat(await visitor.fact("accuracy"))).toBeGreaterThan(90);
  await keepPicture(visitor, "train-learned");
  await visitor.close();
});

it("train: takes a text and a trainer's folder, and refuses what is neither in a sentence", async () => {
  const visitor = await visit(browser, `${host.url}#/train`);
  const { page, fact } = visitor;
  await settled(visitor, "train");
  const notice = page.getByRole("alert");
  for (const [name, buffer, sentence] of [
    ["short.txt", Buffer.from("too short"), "has 9 bytes"],
    ["noise.txt", Buffer.alloc(4000, 0xff), "is not a text"],
    ["huge.txt", Buffer.alloc(20_000_001, 65), "20 MB"],
    ["model.safetensors", Buffer.from("not a model"), "without config.json"],
  ] as const) {
    await drop(page, [{ name, mimeType: "application/octet-stream", buffer }]);
    await expect.poll(() => notice.allTextContents()).toEqual([expect.stringContaining(sentence)]);
  }
  const text = Buffer.from("The quick brown fox jumps over the lazy dog, and over — the — moat. ".repeat(80));
  await page.getByRole("button", { name: "Back to a fresh model" }).click();
  await drop(page, [{ name: "fox.txt", mimeType: "text/plain", buffer: text }]);
  await page.getByText("fox.txt").waitFor();
  await settled(visitor, "train");
  await drop(
    page,
    ["config.json", "model.safetensors"].map((file) => join(folder("novel"), file)),
  );
  await expect.poll(() => fact("parameters")).toBe(whole(countParameters(shippedConfig("novel"))));
  await settled(visitor, "train");
  expect(await notice.count()).toBe(0);
  await keepPicture(visitor, "train-text");
  await visitor.close();
});

it("train: takes what is dropped anywhere on the page, the folder of a run too", async () => {
  const visitor = await visit(browser, `${host.url}#/train`);
  const { page, fact } = visitor;
  await settled(visitor, "train");
  const run = mkdtempSync(join(tmpdir(), "run-"));
  const checkpoint = join(run, "step-00000300");
  mkdirSync(checkpoint);
  writeFileSync(join(run, "metrics.csv"), "step,loss\n");
  for (const name of ["config.json", "model.safetensors"])
    copyFileSync(join(folder("novel"), name), join(checkpoint, name));
  const session = await page.context().newCDPSession(page);
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    const data = { items: [], files: [run], dragOperationsMask: 1 };
    await session.send("Input.dispatchDragEvent", { type, x: 640, y: 200, data });
  }
  await expect.poll(() => fact("parameters")).toBe(whole(countParameters(shippedConfig("novel"))));
  expect(page.url()).toContain("#/train");
  expect(await page.getByRole("alert").count()).toBe(0);
  await page.getByRole("button", { name: "Back to a fresh model" }).click();
  await expect.poll(() => fact("parameters")).not.toBe(whole(countParameters(shippedConfig("novel"))));
  rmSync(run, { recursive: true });
  await visitor.close();
});

/** A small model, not trained, as a folder of transformers. */
async function transformersModel(vocabSize: number) {
  const axial = { maxLength: 256, axialShape: [16, 16], axialDims: [16, 16] };
  const sizes = { vocabSize, dModel: 32, dFF: 64, numHeads: 2, dHead: 16, chunkLength: 16 };
  const config = resolveConfig({ ...sizes, ...axial, localChunkLength: 16, layers: ["local", "lsh"] });
  const parameters = initializeParameters(config, 1);
  const files = transformersFiles({ config, state: await readParameters(parameters) });
  const dropped = Object.entries(files).map(([name, bytes]) => fileOf(name, bytes));
  return { config, parameters, dropped };
}

const fileOf = (name: string, bytes: Uint8Array | string) => ({
  name,
  mimeType: "application/octet-stream",
  buffer: Buffer.from(bytes),
});

it.each([256, 258])(
  "train: opens the folder that transformers would, of %i tokens, and goes on with it",
  async (vocabSize) => {
    const visitor = await visit(browser, `${host.url}#/train?task=text&length=64`);
    const { page, fact } = visitor;
    await settled(visitor, "train");
    const { config, parameters, dropped } = await transformersModel(vocabSize);
    parameters.dispose();
    await drop(page, dropped);
    await expect.poll(() => fact("parameters")).toBe(whole(countParameters(config)));
    await settled(visitor, "train");
    await page.getByRole("button", { name: "Step", exact: true }).click();
    await expect.poll(() => fact("step")).toBe("1");
    expect(await page.getByRole("alert").count()).toBe(0);
    // With a vocabulary of its own beside it, its tokens are no bytes.
    await drop(page, [...dropped, fileOf("tokenizer.json", "{}")]);
    await page.getByRole("alert").filter({ hasText: "those of tokenizer.json" }).waitFor();
    await visitor.close();
  },
);

it("novel: a model that counts bytes from 2 writes what the package writes", async () => {
  const visitor = await visit(browser, `${host.url}#/novel?maxTokens=100&window=9&temperature=0&place=900`);
  const { page, fact } = visitor;
  const { config, parameters, dropped } = await transformersModel(258);
  const book = gunzipSync(readFileSync(join(root, "../trainer/assets/crime-and-punishment.txt.gz")));
  const end = Math.round(0.9 * book.length);
  // As long as its 256 positions leave room for.
  const prompt = Int32Array.from(book.subarray(end - 156, end), (byte) => byte + 2);
  const expected: number[] = [];
  const options = { maxTokens: 100, temperature: 0, seed: 1 };
  for await (const token of generate(createReformer(config, parameters), prompt, options))
    expected.push(token);
  parameters.dispose();
  await drop(page, dropped);
  await expect.poll(() => fact("parameters")).toBe(whole(countParameters(config)));
  await page.getByRole("button", { name: "Read, and go on" }).click();
  await expect.poll(() => fact("tokens")).toBe("156");
  await page.locator('.stage[aria-busy="false"]').waitFor();
  const bytes = Uint8Array.from(expected.slice(0, 40), (token) => token - 2);
  expect(Math.min(...expected)).toBeGreaterThan(1);
  expect((await fact("written")).slice(0, 20)).toBe(excerpt(bytes, 0, 40).slice(0, 20));
  await drop(page, [...dropped, fileOf("spiece.model", "pieces")]);
  await page.getByRole("alert").filter({ hasText: "those of spiece.model" }).waitFor();
  expect(visitor.complaints).toEqual([]);
  await visitor.close();
});

it("novel: what the graphics card has no room for is read on the next best backend, and the page says so", async () => {
  const withGpu = await launch(
    "--enable-unsafe-webgpu",
    "--use-webgpu-adapter=swiftshader",
    "--enable-features=Vulkan",
  );
  const visitor = await visit(withGpu, `${host.url}#/novel?window=20&place=1000`);
  const { page, fact } = visitor;
  await page.getByText("bytes, as many tokens").waitFor();
  const opened = await fact("backend");
  // The software adapter has all the room of the host: here it has that of a modest card.
  await page.workers()[0]!.evaluate(narrowBuffers);
  await page.getByRole("button", { name: "Read, and go on" }).click();
  // A few segments of the first layer.
  await expect.poll(() => page.getByRole("progressbar").getAttribute("value")).toMatch(/^0\.0[1-9]/);
  const reasons = await page.locator(".backend li").allTextContents();
  console.log(`a window of 1,048,576 tokens first ${opened}, then ${await fact("backend")}. ${reasons[0]}`);
  expect(await fact("backend")).toContain("WebAssembly");
  expect(reasons[0]).toContain(opened.includes("WebGPU") ? "WebGPU: it has no room for this" : "WebGPU: ");
  await page.getByRole("button", { name: "Stop" }).click();
  await visitor.close();
  await withGpu.close();
});

it("novel: writes what the package writes, and opens the passages that were looked at", async () => {
  const visitor = await visit(browser, `${host.url}#/novel?maxTokens=100&window=9&temperature=0&place=900`);
  await settled(visitor, "novel");
  const shown = await visitor.fact("written");
  const book = gunzipSync(readFileSync(join(root, "../trainer/assets/crime-and-punishment.txt.gz")));
  const end = Math.round(0.9 * book.length);
  const written = await likeliest("novel", Int32Array.from(book.subarray(end - 512, end)), 100);
  // Two backends round differently, and the likeliest token may be nearly tied: the beginning is compared.
  expect(shown.slice(0, 40)).toBe(Buffer.from(written).toString().slice(0, 40));
  expect(await visitor.fact("tokens")).toBe("512");
  const passage = visitor.page.locator(".passages button").first();
  await passage.click();
  await visitor.page.locator(".book mark").first().waitFor();
  expect(await passage.getAttribute("aria-pressed")).toBe("true");
  await visitor.page.getByRole("button", { name: "Back to the end" }).click();
  expect(await visitor.page.locator(".book mark").count()).toBe(0);
  // Another place shows the book there, not what was written elsewhere.
  await visitor.page.getByRole("slider", { name: "Place in the book" }).press("Home");
  await expect.poll(() => visitor.page.locator('[data-fact="written"]').count()).toBe(0);
  const early = Math.round(0.005 * book.length);
  await expect
    .poll(() => visitor.page.locator(".book").textContent())
    .toContain(book.subarray(early - 60, early).toString());
  expect(visitor.complaints).toEqual([]);
  await visitor.close();
});

it("novel: the model comes from the cache the second time", async () => {
  const visitor = await visit(browser, `${host.url}#/novel`);
  await visitor.page.getByText("bytes, as many tokens").waitFor();
  const cached = await visitor.page.evaluate(async () => {
    const cache = await caches.open("reformer-playground");
    return (await cache.keys()).map(({ url }) => url);
  });
  expect(cached.some((url) => url.endsWith(".safetensors"))).toBe(true);
  await visitor.close();
});

it("image: fills what is hidden, several at once, and takes a dropped picture", async () => {
  const visitor = await visit(browser, `${host.url}#/image?hiddenRows=4&samples=2&picture=3`);
  await settled(visitor, "image");
  expect(await visitor.page.locator('[data-picture="sample"]').count()).toBe(2);
  expect(await visitor.fact("painted")).toBe(whole(2 * 4 * 32));
  await drop(visitor.page, [
    { name: "noise.png", mimeType: "image/png", buffer: Buffer.from("this is no picture") },
  ]);
  await visitor.page.getByRole("alert").filter({ hasText: "is no picture" }).waitFor();
  await drop(visitor.page, [join(folder("emoji"), "pictures.png")]);
  await visitor.page.getByLabel("pictures.png, the original").waitFor();
  await settled(visitor, "image");
  // A painter dropped half-way: without its weights it is refused, and the page's own takes its place again.
  await drop(visitor.page, [join(folder("emoji"), "config.json")]);
  await visitor.page.getByRole("alert").filter({ hasText: "without model.safetensors" }).waitFor();
  expect(await visitor.page.locator('[data-picture="sample"]').count()).toBe(0);
  await visitor.page.getByRole("button", { name: "Back to the page’s own model" }).click();
  await settled(visitor, "image");
  expect(await visitor.page.getByRole("alert").count()).toBe(0);
  expect(visitor.complaints).toEqual([]);
  await visitor.close();
});

it("image: the likeliest pixels are those that the package draws", async () => {
  const visitor = await visit(browser, `${host.url}#/image?hiddenRows=2&samples=2&temperature=0&picture=1`);
  await settled(visitor, "image");
  const canvases = visitor.page.locator(".gallery canvas");
  const [original, ...samples] = await canvases.evaluateAll((all) =>
    [0, 2, 3].map((i) => {
      const canvas = all[i] as HTMLCanvasElement;
      const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
      return [...data].filter((_, at) => at % 4 !== 3);
    }),
  );
  const code = paletteCode(JSON.parse(readFileSync(join(folder("emoji"), "palette.json"), "utf8")));
  const given = 30 * 32;
  const seen = code.encode(Uint8Array.from(original!)).subarray(0, given);
  const written = await likeliest("emoji", Int32Array.of(0, ...seen), 24);
  for (const sample of samples) {
    expect(sample.slice(3 * given, 3 * (given + 24))).toEqual([...code.decode(Uint8Array.from(written))]);
  }
  await visitor.close();
});

it("a worker that dies while training is replaced, and the training begins again", async () => {
  const visitor = await visit(browser, `${host.url}#/train?length=16&dModel=32`);
  await settled(visitor, "train");
  await visitor.page.getByRole("button", { name: "▶ Play" }).click();
  const [worker] = visitor.page.workers();
  await worker!.evaluate(() => void setTimeout(() => (undefined as unknown as () => void)(), 0));
  await visitor.page.getByRole("alert").filter({ hasText: "the worker stopped" }).waitFor();
  await visitor.page.getByRole("button", { name: "Reset" }).click();
  await settled(visitor, "train");
  expect(await visitor.page.getByRole("alert").count()).toBe(0);
  await visitor.close();
});

/** Runs in a worker: from now on a graphics device claims to bind 128 MiB at most. */
function narrowBuffers(): void {
  type Device = { prototype: { limits: object } };
  const { GPUDevice: device } = globalThis as unknown as { GPUDevice?: Device };
  if (device === undefined) return;
  const { get } = Object.getOwnPropertyDescriptor(device.prototype, "limits")!;
  Object.defineProperty(device.prototype, "limits", {
    get(this: object) {
      const limits = get!.call(this) as Record<string | symbol, unknown>;
      return new Proxy(limits, {
        get: (own, name) => (name === "maxStorageBufferBindingSize" ? 2 ** 27 : own[name]),
      });
    },
  });
}
