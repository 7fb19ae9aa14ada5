/**
 * SwiftShader, a GPU imitated by the CPU, comes with Debian's chromium. Where there is no graphics device it lets WebGPU
 * be tested all the same.
 */
import { existsSync } from "node:fs";

const folder = "/usr/lib/chromium";

/** What has to be in the environment of a process that is to find it; nothing where it is not, or not needed. */
export function swiftshaderEnvironment() {
  const driver = `${folder}/vk_swiftshader_icd.json`;
  if (process.env.VK_ICD_FILENAMES || existsSync("/dev/dri") || !existsSync(driver)) return {};
  const libraries = [process.env.LD_LIBRARY_PATH, folder].filter(Boolean).join(":");
  return { VK_ICD_FILENAMES: driver, LD_LIBRARY_PATH: libraries };
}
