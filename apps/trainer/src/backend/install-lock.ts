import { mkdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

import { lock } from "proper-lockfile";

/**
 * Two installs of the same thing take turns, so that a gigabyte is not fetched twice. The lock is renewed while its
 * holder lives and counts as abandoned ten seconds after the holder was killed. Were it ever lost, the stages
 * would still be whole (see stage.ts), so losing it is no error.
 */
export async function withInstallLock<T>(
  folder: string,
  work: () => Promise<T>,
  { onWait }: { onWait: () => void },
): Promise<T> {
  await mkdir(folder, { recursive: true });
  const release = await acquire(folder, onWait);
  try {
    return await work();
  } finally {
    await release().catch(() => undefined);
  }
}

async function acquire(folder: string, onWait: () => void): Promise<() => Promise<void>> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await lock(folder, { stale: 10_000, update: 2_000, onCompromised: () => undefined });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ELOCKED") throw error;
      if (attempt === 1) onWait();
      await sleep(500);
    }
  }
}
