import { installTensorflow } from "../backend/install-tensorflow";

/** `reformer backend install [--gpu]`. */
export async function runBackendInstall({
  gpu = false,
  print,
}: {
  gpu?: boolean;
  print: (line: string) => void;
}): Promise<void> {
  const start = Date.now();
  const { origin } = await installTensorflow({ gpu, log: print });
  const where =
    origin === "cache" ? "kept in the user's cache, where every clone finds it" : "the project's own";
  print(`Ready after ${((Date.now() - start) / 1000).toFixed(1)} s: ${where}.`);
}
