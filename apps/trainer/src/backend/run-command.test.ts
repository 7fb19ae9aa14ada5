import { expect, test } from "vitest";

import { lastComplaint, runCommand } from "./run-command";

const node = (script: string) => runCommand(process.execPath, ["-e", script]);

test("code and words of a program", async () => {
  const outcome = await node(`console.log("out"); console.error("err"); process.exitCode = 3`);
  expect(outcome).toMatchObject({ code: 3, signal: null, missing: false, stdout: "out\n", stderr: "err\n" });
});

test("a program that is not there is told from one that fails", async () => {
  expect(await runCommand("no-such-program-anywhere", [])).toMatchObject({ code: null, missing: true });
});

test("a signal that ended it is told", async () => {
  const outcome = await node(`process.kill(process.pid, "SIGKILL")`);
  expect(outcome).toMatchObject({ code: null, signal: "SIGKILL" });
  expect(lastComplaint(outcome)).toBe("ended by SIGKILL");
});

test("the line that says most is the last that calls itself an error", () => {
  const outcome = { code: 1, signal: null, missing: false, stdout: "working\n" };
  const stderr = "ERROR: no such version\nnotice: a new release is out\n    at somewhere\n";
  expect(lastComplaint({ ...outcome, stderr })).toBe("ERROR: no such version");
  expect(lastComplaint({ ...outcome, stderr: "" })).toBe("working");
  expect(lastComplaint({ ...outcome, stderr: "", stdout: "" })).toBe("it said nothing");
});
