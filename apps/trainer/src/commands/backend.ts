import { installTensorflow } from "../backend/install-tensorflow";

/** `reformer backend install [--gpu] [--json]`. */
export async function runBackendInstall({
  gpu = false,
  json = false,
  print,
  progress,
}: {
  gpu?: boolean;
  json?: boolean;
  print: (line: string) => void;
  progress: (line: string) => void;
}): Promise<void> {
  const start = Date.now();
  const { origin, proof, packageFolder } = await installTensorflow({ gpu, log: json ? progress : print });
  const seconds = (Date.now() - start) / 1000;
  if (json) return print(JSON.stringify({ ...proof, origin, packageFolder, seconds }));
  const where =
    origin === "cache" ? "kept in the user's cache, where every clone finds it" : "the project's own";
  print(`Ready after ${seconds.toFixed(1)} s: ${where}.`);
}
