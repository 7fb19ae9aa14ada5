/** Files to the visitor's disk, one download each. */
import type { NamedFiles } from "../worker/models/open-model";

export function saveFiles(files: NamedFiles): void {
  for (const [name, bytes] of Object.entries(files)) {
    const url = URL.createObjectURL(new Blob([bytes as BlobPart]));
    const link = Object.assign(document.createElement("a"), { href: url, download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  }
}
