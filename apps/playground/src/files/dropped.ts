/** What a visitor drops or picks: told apart by name, and refused in a sentence before it is read when it is too large. */
import type { NamedFiles } from "../worker/models/open-model";

export const mostTextBytes = 20_000_000;
export const mostModelBytes = 200_000_000;
const leastTextBytes = 2000;

export type Dropped =
  | { kind: "model"; name: string; files: NamedFiles }
  | { kind: "text"; name: string; bytes: Uint8Array };

const modelFile =
  /^(config\.json|palette\.json|tokenizer\.json|characters\.json|spiece\.model|vocab\.(json|txt)|merges\.txt|model\.json|model\.safetensors(\.index\.json)?|model-\d+-of-\d+\.safetensors|.*\.bin)$/;
const passedOver =
  /^(optimizer\.safetensors|trainer\.json|README\.md|generation_config\.json|(tokenizer|special_tokens)_\w+\.json|\.gitattributes)$/;

/** @throws Error with a sentence for the visitor */
export async function readDropped(files: readonly File[]): Promise<Dropped> {
  const wanted = files.filter(({ name }) => !passedOver.test(name));
  const parts = wanted.filter(({ name }) => modelFile.test(name));
  if (parts.length > 0) return readModel(parts);
  const [file, another] = wanted;
  if (file === undefined) throw new Error("There is no text and no model in what was dropped.");
  if (another !== undefined)
    throw new Error("Several files, and no model among them: drop one text, or a model’s folder.");
  const bytes = await readText(file);
  return { kind: "text", name: file.name, bytes };
}

async function readModel(parts: readonly File[]): Promise<Dropped> {
  requireSize("The model", parts, mostModelBytes);
  const entries = await Promise.all(
    parts.map(async (file) => [file.name, new Uint8Array(await file.arrayBuffer())] as const),
  );
  return { kind: "model", name: parts[0]!.name, files: Object.fromEntries(entries) };
}

async function readText(file: File): Promise<Uint8Array> {
  requireSize(file.name, [file], mostTextBytes);
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (bytes.length < leastTextBytes)
    throw new Error(
      `${file.name} has ${bytes.length} bytes; there is something to learn from ${leastTextBytes} on.`,
    );
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error(`${file.name} is not a text: its bytes are no UTF-8.`);
  }
  return bytes;
}

function requireSize(name: string, files: readonly File[], most: number): void {
  const size = files.reduce((sum, file) => sum + file.size, 0);
  if (size > most)
    throw new Error(`${name} has ${Math.round(size / 1e6)} MB; this page takes up to ${most / 1e6} MB.`);
}

/** Whether files are dragged, not a piece of text. */
export function holdsFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer?.types.includes("Files") ?? false;
}

/** All files of a drop, those of dropped folders too; of a run of the trainer those of its newest checkpoint. */
export async function filesOf(transfer: DataTransfer): Promise<File[]> {
  // Entries are gone after the first pause, so all are taken before it.
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry?.() ?? []);
  if (entries.length === 0) return [...transfer.files];
  return (await Promise.all(entries.map(filesIn))).flat();
}

const checkpointName = /^step-\d+$/;

async function filesIn(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile)
    return [
      await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)),
    ];
  const entries = await entriesOf((entry as FileSystemDirectoryEntry).createReader());
  const checkpoints = entries.filter(({ isFile, name }) => !isFile && checkpointName.test(name));
  const newest = checkpoints.toSorted((a, b) => (a.name < b.name ? -1 : 1)).at(-1);
  if (newest) return filesIn(newest);
  return (await Promise.all(entries.filter(({ isFile }) => isFile).map(filesIn))).flat();
}

/** A reader hands out a folder in parts, the last of them empty. */
async function entriesOf(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
  return part.length === 0 ? [] : [...part, ...(await entriesOf(reader))];
}
