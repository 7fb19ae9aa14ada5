import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

import { findChromiumVulkan } from "./chromium-vulkan";

let folder: string;
let places: { folders: string[]; devices: string };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "reformer-vulkan-"));
  places = { folders: [folder], devices: join(folder, "dri") };
});

afterEach(() => rmSync(folder, { recursive: true }));

const put = (...files: string[]) => files.forEach((file) => writeFileSync(join(folder, file), ""));

test.runIf(process.platform === "linux")("loader and driver are found together or not at all", () => {
  put("libvulkan.so.1");
  expect(findChromiumVulkan({}, places)).toBeUndefined();
  put("vk_swiftshader_icd.json", "chromium");
  const found = { loader: join(folder, "libvulkan.so.1"), driver: join(folder, "vk_swiftshader_icd.json") };
  expect(findChromiumVulkan({}, places)).toEqual(found);
  expect(findChromiumVulkan({ CHROMIUM: join(folder, "chromium") }, { ...places, folders: [] })).toEqual(
    found,
  );
});

test("they are left alone where a driver is named, or a device is there", () => {
  put("libvulkan.so.1", "vk_swiftshader_icd.json");
  expect(findChromiumVulkan({ VK_ICD_FILENAMES: "/mine.json" }, places)).toBeUndefined();
  expect(findChromiumVulkan({ VK_DRIVER_FILES: "/mine.json" }, places)).toBeUndefined();
  mkdirSync(places.devices);
  expect(findChromiumVulkan({}, places)).toBeUndefined();
});
