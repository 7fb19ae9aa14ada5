/**
 * A stock Firefox, driven by the protocol that every Firefox has built in: over TCP, messages of JSON behind their length.
 * Playwright's own way needs a Firefox of its own, or a command that releases do not know yet.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface FirefoxPage {
  version: string;
  goTo(url: string): Promise<void>;
  /** @param body of a function in the page; @returns what it returns */
  run<T>(body: string): Promise<T>;
  /** A PNG of the whole page. */
  picture(): Promise<Buffer>;
  close(): Promise<void>;
}

const port = 2829;

export async function openFirefox(executablePath: string): Promise<FirefoxPage> {
  const profile = mkdtempSync(join(tmpdir(), "firefox-"));
  writeFileSync(join(profile, "user.js"), `user_pref("marionette.port", ${port});\n`);
  const firefox = spawn(executablePath, ["--headless", "--marionette", "--no-remote", "--profile", profile], {
    stdio: "ignore",
  });
  const socket = await connected(firefox);
  const send = conversation(socket);
  const { capabilities } = (await send("WebDriver:NewSession", {
    timeouts: { script: 900_000, pageLoad: 300_000 },
  })) as { capabilities: { browserVersion: string } };
  await send("WebDriver:SetWindowRect", { width: 1280, height: 900 });
  return {
    version: capabilities.browserVersion,
    goTo: async (url) => void (await send("WebDriver:Navigate", { url })),
    run: async <T>(script: string) =>
      ((await send("WebDriver:ExecuteScript", { script, args: [] })) as { value: T }).value,
    picture: async () => {
      const { value } = (await send("WebDriver:TakeScreenshot", { full: true })) as { value: string };
      return Buffer.from(value, "base64");
    },
    async close() {
      socket.destroy();
      const gone = new Promise((resolve) => firefox.once("exit", resolve));
      firefox.kill();
      await gone;
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Firefox takes its time to listen. */
async function connected(firefox: ChildProcess): Promise<Socket> {
  for (;;) {
    const socket = connect({ port, host: "127.0.0.1" });
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
    });
    if (isOpen) return socket;
    if (firefox.exitCode !== null) throw new Error("Firefox ended before it listened.");
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

type Send = (command: string, parameters: object) => Promise<unknown>;

/** Asks and answers by number: `12:[0,1,"…",{…}]`, `40:[1,1,error,result]`. The greeting has none. */
function conversation(socket: Socket): Send {
  const waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  let bytes = Buffer.alloc(0);
  let count = 0;
  socket.on("data", (part: Buffer) => {
    bytes = Buffer.concat([bytes, part]);
    for (;;) {
      const colon = bytes.indexOf(":");
      const end = colon + 1 + Number(bytes.subarray(0, colon).toString());
      if (colon < 0 || bytes.length < end) return;
      const message: unknown = JSON.parse(bytes.subarray(colon + 1, end).toString());
      bytes = bytes.subarray(end);
      if (!Array.isArray(message)) continue;
      const [, id, error, result] = message as [1, number, { message: string } | null, unknown];
      if (error) waiting.get(id)?.reject(new Error(error.message));
      else waiting.get(id)?.resolve(result);
      waiting.delete(id);
    }
  });
  return (command, parameters) =>
    new Promise((resolve, reject) => {
      const id = ++count;
      waiting.set(id, { resolve, reject });
      const text = JSON.stringify([0, id, command, parameters]);
      socket.write(`${Buffer.byteLength(text)}:${text}`);
    });
}
