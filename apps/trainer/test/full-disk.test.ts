/**
 * A real disk that is full, and one that is read-only: a file system of two megabytes in memory, which only this process sees. Needs
 * Linux and the right to mount; elsewhere it is skipped.
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bundleCommand, temporaryFolder } from "./run-reformer";

const inPrivate = (script: string, ...args: string[]) =>
  spawnSync("unshare", ["--mount", "sh", "-c", script, "sh", ...args], { encoding: "utf8" });
const mayMount = inPrivate("mount -t tmpfs -o size=1m tmpfs /mnt").status === 0;

const flags =
  "--config debug --backend wasm --length 64 --evaluate-every 0 --sample-every 0 --held-out 0.001 --steps 30 --schedule constant --checkpoint-every 1";

/** $1 the place, $2 node, $3 the command. One checkpoint of this model takes 1.4 MB. */
const script = `
mount -t tmpfs -o size=3500k tmpfs "$1"
"$2" "$3" train ${flags} --keep 9 --run "$1/run" > "$1.out" 2> "$1.full"; echo "full $?"
ls "$1/run"
mount -o remount,ro "$1"
"$2" "$3" train --resume "$1/run" --backend wasm 2> "$1.read-only" > /dev/null; echo "read-only $?"
mount -o remount,rw,size=30m "$1"
"$2" "$3" train --resume "$1/run" --steps 4 --keep 2 --backend wasm > /dev/null 2>&1; echo "resumed $?"
tail -n 1 "$1.full"; tail -n 1 "$1.read-only"
`;

describe.skipIf(!mayMount)(`a disk${mayMount ? "" : " (skipped: this machine lets nobody mount)"}`, () => {
  it("that is full or read-only ends in a sentence, and the run goes on when there is space", async () => {
    const place = join(temporaryFolder(), "disk");
    const bundle = await bundleCommand();
    const { stdout } = inPrivate(`mkdir "$1"; ${script}`, place, process.execPath, bundle);
    expect(stdout).toContain("full 2\n");
    expect(stdout).toContain("step-00000001\n");
    expect(stdout).not.toContain("unfinished");
    expect(stdout).toMatch(
      /run\S* is on a full disk, but must be where there is space; what was saved before is kept/,
    );
    expect(stdout).toContain("read-only 2\n");
    expect(stdout).toContain("is on a read-only file system, but must be somewhere that can be written.");
    expect(stdout).toContain("resumed 0\n");
  });
});
