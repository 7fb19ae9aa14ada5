import { decodeText } from "../text";
import { listFiles } from "./list-files";
import { emptyFile } from "./file-error";
import { readBytes, type ReadOptions } from "./read-bytes";

/**
 * The text of a UTF-8 file (gzip or not), or of all files of a folder with a blank line between them.
 * @throws InputError when a file is missing, empty, too large or not UTF-8
 */
export function readText(path: string, options: ReadOptions = {}): string {
  return listFiles(path)
    .map((file) => textOf(file, options))
    .join("\n\n");
}

function textOf(file: string, options: ReadOptions): string {
  const text = decodeText(readBytes(file, options), file);
  if (text === "") throw emptyFile(file);
  return text;
}
