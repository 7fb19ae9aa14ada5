/** How far a download is: a line in its place on a terminal; elsewhere, one for each tenth. */
import type { DownloadProgress } from "@reformer-ts/data/node";
import type { Terminal } from "../terminal";

export function downloadProgress(terminal: Terminal, name: string): (progress: DownloadProgress) => void {
  let said = -1;
  return ({ done, total }) => {
    const steps = terminal.interactive ? 100 : 10;
    const step = Math.floor((steps * done) / total);
    if (step === said) return;
    said = step;
    const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
    const text = `${name}: ${megabytes(done)} of ${megabytes(total)} MB`;
    terminal.err(
      terminal.interactive && done < total ? `\r${text}` : `${terminal.interactive ? "\r" : ""}${text}\n`,
    );
  };
}
