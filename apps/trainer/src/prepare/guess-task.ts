/** What data are, by their name, and what training on them asks for. */
import type { RunConfig } from "../config/schema";

type Task = RunConfig["data"]["task"];

const endings: [RegExp, Task][] = [
  [/\.npy(\.\w+)?$/i, "tokens"],
  [/\.(fa|fna|fasta)(\.\w+)?$/i, "genome"],
  [/\.(json|midi?)(\.\w+)?$/i, "music"],
  [/\.(png|jpe?g)$|idx\d-ubyte|\.idx/i, "images"],
];

export function guessTask(path: string): Task {
  return endings.find(([ending]) => ending.test(path))?.[1] ?? "text";
}

/** What differs from the defaults for data of this name: Wikipedia's markup is split as figures on it are published. */
export function hintsFor(name: string, task: Task): Partial<RunConfig["data"]> {
  if (name === "mnist") return { imageSize: 28, imageChannels: 1 };
  if (task === "text" && (name === "enwik8" || /\.xml(\.\w+)?$/i.test(name))) return { split: "standard" };
  return {};
}
