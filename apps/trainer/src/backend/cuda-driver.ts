import { existsSync } from "node:fs";

/** Whether the NVIDIA kernel driver is loaded; on WSL it is reached through Windows' own device. */
export function hasCudaDriver(): boolean {
  return existsSync("/proc/driver/nvidia/version") || existsSync("/dev/dxg");
}
