import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

import { withChromiumVulkan } from "./chromium-vulkan";
import { runCommand } from "./run-command";

/** What Dawn says of the adapter that it would take. */
interface WebgpuAdapter {
  description: string;
  /** True when the adapter is the CPU in disguise, as SwiftShader and llvmpipe are. */
  isSoftware: boolean;
}

export type WebgpuOutcome = { adapter: WebgpuAdapter } | { reason: string; remedy: string };

const SCRIPT = `
const { create } = await import(process.argv[1]);
const adapter = await create([]).requestAdapter();
const info = adapter?.info;
process.stdout.write(JSON.stringify(info ? {
  description: info.description || info.device || info.vendor,
  isSoftware: info.isFallbackAdapter === true || /swiftshader|llvmpipe|lavapipe|basic render/i.test(
    [info.description, info.device, info.architecture].join(" ")),
} : null));
process.exit(0);
`;

/** The file of the optional package `webgpu`, or undefined where it was not installed. */
function findWebgpuPackage(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve("webgpu");
  } catch {
    return undefined;
  }
}

/** Asks for an adapter in a child process: Dawn writes its search for drivers to the terminal, and drivers crash. */
export async function proveWebgpu(): Promise<WebgpuOutcome> {
  const file = findWebgpuPackage();
  if (file === undefined) {
    return { reason: "the optional package webgpu (Dawn) is not installed", remedy: "`npm install webgpu`" };
  }
  const parameters = ["--input-type=module", "-e", SCRIPT, pathToFileURL(file).href];
  const outcome = await runCommand(process.execPath, parameters, {
    environment: withChromiumVulkan(),
    timeout: 60_000,
  });
  const complaint = outcome.stderr.split("\n").find((line) => line.trim() !== "");
  const why = complaint ? ` (${complaint.trim().replace(/^Warning: /, "")})` : "";
  const remedy =
    "a graphics card and its Vulkan, Metal or D3D12 driver, or on Linux an installed Chromium, whose SwiftShader imitates one";
  if (outcome.code !== 0) return { reason: `Dawn could not be started${why}`, remedy };
  const adapter = JSON.parse(outcome.stdout) as WebgpuAdapter | null;
  return adapter === null ? { reason: `Dawn found no graphics adapter${why}`, remedy } : { adapter };
}
