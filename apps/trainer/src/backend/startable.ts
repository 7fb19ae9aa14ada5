/** How a program is named to `spawn`. */
export interface Startable {
  file: string;
  parameters: readonly string[];
  /** Whether a shell starts it. */
  shell: boolean;
}

/** What Node installs beside itself are batch files on Windows. */
const batchFiles = new Set(["npm", "npx"]);

/**
 * Windows runs batch files through its shell alone (Node refuses to start one otherwise, with EINVAL), and a shell takes
 * words apart at spaces: there, and only there, words are quoted, and handed on as one line, since Node warns of a list. A
 * path of Windows holds no quotation mark.
 */
export function startable(
  file: string,
  parameters: readonly string[],
  platform: NodeJS.Platform = process.platform,
): Startable {
  if (platform !== "win32" || !batchFiles.has(file)) return { file, parameters, shell: false };
  const words = [`${file}.cmd`, ...parameters.map((word) => `"${word}"`)];
  return { file: words.join(" "), parameters: [], shell: true };
}
