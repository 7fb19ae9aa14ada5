import { mkdir, mkdtemp, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { withInstallLock } from "./install-lock";

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "reformer-lock-"));
});

afterEach(() => rm(folder, { recursive: true }));

test("two installs take turns, and the second says that it waits", async () => {
  const installation = join(folder, "installation");
  const events: string[] = [];
  const firstBegan = deferred();
  const secondWaits = deferred();
  const first = withInstallLock(
    installation,
    async () => {
      events.push("first begins");
      firstBegan.resolve();
      await secondWaits.promise;
      events.push("first ends");
    },
    { onWait: () => events.push("first waits") },
  );
  await firstBegan.promise;
  const second = withInstallLock(installation, async () => void events.push("second begins"), {
    onWait: () => {
      events.push("second waits");
      secondWaits.resolve();
    },
  });
  await Promise.all([first, second]);
  expect(events).toEqual(["first begins", "second waits", "first ends", "second begins"]);
});

function deferred(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((done) => (resolve = done));
  return { promise, resolve };
}

test("the lock of a process that was killed is taken over", async () => {
  const installation = join(folder, "installation");
  const abandoned = `${installation}.lock`;
  await mkdir(abandoned, { recursive: true });
  const aMinuteAgo = Date.now() / 1000 - 60;
  await utimes(abandoned, aMinuteAgo, aMinuteAgo);
  expect(await withInstallLock(installation, async () => "mine", { onWait: () => undefined })).toBe("mine");
});

test("an error inside leaves the lock free", async () => {
  const installation = join(folder, "installation");
  const failing = withInstallLock(installation, () => Promise.reject(new Error("no compiler")), {
    onWait: () => undefined,
  });
  await expect(failing).rejects.toThrow("no compiler");
  let waited = false;
  await withInstallLock(installation, async () => undefined, { onWait: () => (waited = true) });
  expect(waited).toBe(false);
});
