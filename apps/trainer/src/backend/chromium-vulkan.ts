/**
 * Where a machine has no graphics device, Chromium imitates one: beside it lie a Vulkan loader and SwiftShader, a driver
 * that computes on the CPU. Dawn, which is WebGPU in Node, can use both, and needs to be told where they are.
 */
import { existsSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

export interface ChromiumVulkan {
  /** `libvulkan.so.1` */
  loader: string;
  /** The description of the driver, a JSON file. */
  driver: string;
}

const usualFolders = [
  "/usr/lib/chromium",
  "/usr/lib/chromium-browser",
  "/opt/google/chrome",
  "/opt/chromium",
];

/**
 * Undefined where it is not there, or not needed: with a graphics device, or a driver that the environment names already.
 *
 * @param environment `CHROMIUM` names a browser that is elsewhere
 */
export function findChromiumVulkan(
  environment: NodeJS.ProcessEnv = process.env,
  { folders = usualFolders, devices = "/dev/dri" } = {},
): ChromiumVulkan | undefined {
  const isNamed = environment["VK_ICD_FILENAMES"] ?? environment["VK_DRIVER_FILES"];
  if (process.platform !== "linux" || isNamed || existsSync(devices)) return undefined;
  const browser = environment["CHROMIUM"];
  const own = browser && existsSync(browser) ? [dirname(realpathSync(browser))] : [];
  return [...own, ...folders]
    .map((folder) => ({
      loader: join(folder, "libvulkan.so.1"),
      driver: join(folder, "vk_swiftshader_icd.json"),
    }))
    .find(({ loader, driver }) => existsSync(loader) && existsSync(driver));
}

/** The environment of a child process that is to find it. */
export function withChromiumVulkan(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  const found = findChromiumVulkan(environment);
  if (found === undefined) return environment;
  const libraries = [environment["LD_LIBRARY_PATH"], dirname(found.loader)].filter(Boolean).join(":");
  return { ...environment, VK_ICD_FILENAMES: found.driver, LD_LIBRARY_PATH: libraries };
}

/**
 * Lets this process find it, and its children: a library that is loaded already is found by its name.
 *
 * @throws Error when koffi, which loads it, is not installed
 */
export async function provideChromiumVulkan(): Promise<void> {
  const found = findChromiumVulkan();
  if (found === undefined) return;
  const { default: koffi } = await import("koffi");
  koffi.load(found.loader);
  Object.assign(process.env, withChromiumVulkan());
}
