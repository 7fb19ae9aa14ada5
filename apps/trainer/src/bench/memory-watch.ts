/** What this process holds, over time. A step never lets go of the thread that it runs on, so another one looks. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";

const watcher = `
  const { parentPort, workerData } = require("node:worker_threads");
  const samples = [];
  const look = () => samples.push([process.uptime(), process.memoryUsage.rss()]);
  const timer = setInterval(look, workerData);
  look();
  parentPort.once("message", () => {
    clearInterval(timer);
    look();
    parentPort.postMessage(samples);
  });
`;

export interface MemoryWatch {
  /** @returns `[seconds since the process began, bytes]` of every look */
  stop(): Promise<[seconds: number, bytes: number][]>;
}

export async function watchMemory({ milliseconds = 100 } = {}): Promise<MemoryWatch> {
  const worker = new Worker(watcher, { eval: true, workerData: milliseconds });
  await once(worker, "online");
  return {
    async stop() {
      const answered = once(worker, "message");
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread of Node has no origin
      worker.postMessage("stop");
      const [samples] = await answered;
      await worker.terminate();
      return samples;
    },
  };
}
