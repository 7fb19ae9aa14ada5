/** One measurement in a process of its own, which is ended before it takes the machine's last memory. */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { freemem } from "node:os";

/** Less than this is left to nobody. */
const reserve = 1e9;

/** @returns what it printed, or `failed` with its own reason */
export function runContestant([program, ...words], { minutes = 20 } = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, words, {
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3", PYTHONWARNINGS: "ignore" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [out, err, ended] = ["", "", ""];
    // Should memory end all the same, Linux is to end this one and not its neighbours.
    if (process.platform === "linux") writeFileSync(`/proc/${child.pid}/oom_score_adj`, "1000");
    const end = (why) => {
      ended = why;
      child.kill("SIGKILL");
    };
    const watch = setInterval(() => {
      if (freemem() < reserve) end(`ended when it had taken all of the machine's memory`);
    }, 100);
    const late = setTimeout(() => end(`not done within ${minutes} minutes`), minutes * 60_000);
    child.stdout.setEncoding("utf8").on("data", (text) => (out += text));
    child.stderr.setEncoding("utf8").on("data", (text) => (err += text));
    child.on("close", (code, signal) => {
      clearInterval(watch);
      clearTimeout(late);
      if (code === 0) return resolve(JSON.parse(out.trim().split("\n").at(-1)));
      const complaint = err.trim().split("\n").at(-1);
      resolve({
        failed:
          ended ||
          (signal === null ? complaint : `ended by ${signal}, as the system does when memory is short`),
      });
    });
  });
}
