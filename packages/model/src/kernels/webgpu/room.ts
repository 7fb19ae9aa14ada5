/** What a device has room for: it says how large a buffer may be, though not how many. */
import type { KernelBackend, TensorInfo } from "@tensorflow/tfjs-core";
import type { RoomAttributes } from "../names";

interface Device {
  device: { limits: { maxStorageBufferBindingSize: number } };
}

/** @throws Error when a buffer would be larger than a program may bind */
export function room(backend: KernelBackend, _inputs: object, { largest }: RoomAttributes): TensorInfo[] {
  const { maxStorageBufferBindingSize: most } = (backend as unknown as Device).device.limits;
  if (largest > most)
    throw new Error(`this device's buffers hold ${most} bytes at most, and one of ${largest} is needed`);
  return [];
}
