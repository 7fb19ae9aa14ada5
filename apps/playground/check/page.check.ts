/** The page itself: first paint, backends, its own files only, accessibility, a worker that dies. */
import { describe, expect, it } from "vitest";
import { objections } from "./axe";
import { plainHost, previewHost } from "./hosts";
import { browser, host } from "./opened";
import { keepPicture, launch, measured, settled, visit } from "./visit";

describe("its own files and nothing else", () => {
  it.each([
    ["vite preview", () => previewHost()],
    ["a plain host under a deep path", () => plainHost()],
  ])("on %s", async (_, serve) => {
    const own = await serve();
    const visitor = await visit(browser, own.url);
    await measured(visitor);
    expect(visitor.requests.filter((url) => !url.startsWith(own.url) && !url.startsWith("data:"))).toEqual(
      [],
    );
    expect(visitor.complaints).toEqual([]);
    const violated = await visitor.page.evaluate(
      () =>
        new Promise((resolve) => {
          addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective));
          fetch("https://example.com/").catch(() => {});
        }),
    );
    expect(violated).toBe("connect-src");
    await visitor.close();
    await own.close();
  });

  it("works without a network once it is loaded", async () => {
    const visitor = await visit(browser, host.url);
    await measured(visitor);
    await visitor.page.context().setOffline(true);
    await visitor.page.getByRole("button", { name: "Draw again" }).click();
    await measured(visitor);
    expect(visitor.complaints).toEqual([]);
    await visitor.close();
  });

  it("is isolated in preview, so that shared memory is there", async () => {
    const visitor = await visit(browser, host.url);
    expect(await visitor.page.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(await visitor.page.locator('[data-fact="not-isolated"]').count()).toBe(0);
    await visitor.close();
  });
});

describe("backends", () => {
  it("takes WebAssembly where there is no WebGPU, and says why", async () => {
    const visitor = await visit(browser, host.url);
    await measured(visitor);
    expect(await visitor.fact("backend")).toContain("WebAssembly");
    await visitor.page.locator(".backend summary").click();
    expect(await visitor.page.locator(".backend li").allTextContents()).toEqual([
      expect.stringContaining("WebGPU: "),
    ]);
    await visitor.close();
  });

  it("agree on every number, plain JavaScript included", async () => {
    const visitor = await visit(browser, host.url);
    await measured(visitor);
    const share = await visitor.fact("share");
    await visitor.page.locator(".backend summary").click();
    await visitor.page.getByLabel("Compute with").selectOption("cpu");
    await expect.poll(() => visitor.fact("backend")).toContain("plain JavaScript");
    await visitor.page.getByLabel("Seed").fill("2");
    await visitor.page.getByLabel("Seed").press("Enter");
    await expect.poll(() => visitor.fact("share")).not.toBe(share);
    const other = await visitor.fact("share");
    await visitor.page.getByLabel("Compute with").selectOption("wasm");
    await expect.poll(() => visitor.fact("backend")).toContain("WebAssembly");
    await visitor.page.getByLabel("Seed").fill("1");
    await visitor.page.getByLabel("Seed").press("Enter");
    await expect.poll(() => visitor.fact("share")).toBe(share);
    await visitor.page.getByLabel("Seed").fill("2");
    await visitor.page.getByLabel("Seed").press("Enter");
    await expect.poll(() => visitor.fact("share")).toBe(other);
    await visitor.close();
  });
});

it("goes on in plain JavaScript where there is neither WebGPU nor WebAssembly, and says why", async () => {
  // Without its compilers V8 has no WebAssembly either.
  const without = await launch("--js-flags=--jitless");
  const visitor = await visit(without, host.url);
  const prepared = await visitor.fact("share");
  await measured(visitor);
  expect(await visitor.fact("backend")).toContain("plain JavaScript");
  expect(await visitor.fact("share")).toBe(prepared);
  const reasons = await visitor.page.locator(".backend li").allTextContents();
  expect(reasons[1]).toContain("this browser has no WebAssembly");
  await visitor.close();
  await without.close();
});

it("computes the same on WebGPU, or says that it failed and goes on with the next best", async () => {
  // Without a graphics card this is Chromium's software adapter, which may not survive.
  const withGpu = await launch(
    "--enable-unsafe-webgpu",
    "--use-webgpu-adapter=swiftshader",
    "--enable-features=Vulkan",
  );
  const visitor = await visit(withGpu, host.url);
  const prepared = await visitor.fact("share");
  await measured(visitor);
  expect(await visitor.fact("share")).toBe(prepared);
  const reasons = await visitor.page.locator(".backend li").allTextContents();
  const runsOn = await visitor.fact("backend");
  console.log(`with a software graphics adapter the page ${runsOn}. ${reasons.join(" ")}`);
  expect(runsOn.includes("WebGPU") || reasons[0]!.startsWith("WebGPU: ")).toBe(true);
  await visitor.close();
  await withGpu.close();
});

it("survives a worker that dies, and a reload", async () => {
  const visitor = await visit(browser, host.url);
  await measured(visitor);
  const [worker] = visitor.page.workers();
  await worker!.evaluate(() => void setTimeout(() => Promise.reject(new Error("torn down")).catch(null), 0));
  await worker!.evaluate(() => void setTimeout(() => (undefined as unknown as () => void)(), 0));
  await expect.poll(() => visitor.page.workers().some((other) => other !== worker)).toBe(true);
  await visitor.page.getByRole("button", { name: "Draw again" }).click();
  await expect.poll(() => visitor.page.url()).toContain("seed=2");
  await measured(visitor);
  const share = await visitor.fact("share");
  await visitor.page.reload();
  await measured(visitor);
  expect(await visitor.fact("share")).toBe(share);
  await visitor.close();
});

describe("for everybody", () => {
  const looks = [
    ["light", { colorScheme: "light" as const }],
    ["dark", { colorScheme: "dark" as const }],
    ["phone", { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 }],
  ] as const;
  const links = [
    ["lsh", "#/lsh"],
    ["lsh-circle", "#/lsh?source=circle&query=5&key=4&numHashes=3"],
    ["lsh-image", "#/lsh?source=image&query=21&key=12"],
    ["race", "#/race"],
    ["reversible", "#/reversible"],
    ["train", "#/train"],
    ["image", "#/image?hiddenRows=6&samples=3"],
    ["novel", "#/novel?maxTokens=100&window=11"],
    ["positions", "#/positions"],
  ] as const;

  it.each(
    links.flatMap(([name, link]) =>
      looks.map(([look, options]) => [`${name}-${look}`, link, options] as const),
    ),
  )("%s: axe finds nothing to object to", async (name, link, options) => {
    const visitor = await visit(browser, host.url + link, { ...options, reducedMotion: "reduce" });
    await settled(visitor, /^#\/(\w+)/.exec(link)![1]!);
    await keepPicture(visitor, name);
    expect(await objections(visitor)).toEqual([]);
    await visitor.close();
  });
});
