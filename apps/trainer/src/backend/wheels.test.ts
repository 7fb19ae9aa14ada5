import { expect, test } from "vitest";

import { neededMegabytes, wheelSet } from "./wheels";

const platforms = [
  ["linux-x64", false],
  ["linux-arm64", false],
  ["linux-x64", true],
] as const;

test.each(platforms)("the table for %s, gpu %s, is complete", (platform, gpu) => {
  const { wheels, platforms: tags } = wheelSet(platform, { gpu })!;
  for (const { requirement, file, sha256, provides, megabytes } of wheels) {
    const [name, version] = requirement.split("==");
    expect(file.startsWith(`${name!.replaceAll("-", "_")}-${version}-`)).toBe(true);
    expect(file).toMatch(/\.whl$/);
    expect(tags.some((tag) => file.includes(tag))).toBe(true);
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(provides).toMatch(/^(tensorflow|nvidia\/\w+)$/);
    expect(megabytes).toBeGreaterThan(0);
  }
  for (const key of ["file", "sha256", "provides"] as const) {
    expect(new Set(wheels.map((wheel) => wheel[key])).size).toBe(wheels.length);
  }
});

test("platforms without such a wheel have no set", () => {
  expect(wheelSet("darwin-arm64", { gpu: false })).toBeUndefined();
  expect(wheelSet("linux-arm64", { gpu: true })).toBeUndefined();
});

test("an install that goes on needs less room than one that begins", () => {
  const set = wheelSet("linux-x64", { gpu: true })!;
  expect(neededMegabytes(set)).toBeGreaterThan(set.installedMegabytes);
  expect(neededMegabytes(set, set.wheels.slice(-1))).toBeLessThan(set.installedMegabytes / 10);
});
