import { describe, expect, it } from "vitest";
import { filesOf, readDropped } from "./dropped";

const file = (name: string, content = "") => new File([content], name);

/** A folder as browsers hand it over: in parts, then an empty one. */
function folder(name: string, children: FileSystemEntry[]): FileSystemEntry {
  const createReader = () => {
    const parts = [children.slice(0, 1), children.slice(1), []];
    return { readEntries: (take: (part: FileSystemEntry[]) => void) => take(parts.shift() ?? []) };
  };
  return { isFile: false, name, createReader } as unknown as FileSystemEntry;
}

const entry = (name: string) =>
  ({
    isFile: true,
    name,
    file: (take: (given: File) => void) => take(file(name)),
  }) as unknown as FileSystemEntry;

const dropOf = (...entries: FileSystemEntry[]) =>
  ({ items: entries.map((one) => ({ webkitGetAsEntry: () => one })) }) as unknown as DataTransfer;

const names = async (transfer: DataTransfer) => (await filesOf(transfer)).map(({ name }) => name);

describe("what was dropped", () => {
  it("is every file of a folder, however many parts it comes in", async () => {
    const all = ["config.json", "model.safetensors", "trainer.json"];
    expect(await names(dropOf(folder("checkpoint", all.map(entry))))).toEqual(all);
  });

  it("is the newest checkpoint of a run's folder", async () => {
    const checkpoint = (step: string) => folder(`step-${step}`, [entry(`config-${step}.json`)]);
    const run = [entry("metrics.csv"), checkpoint("00000020"), checkpoint("00000100"), entry("curve.svg")];
    expect(await names(dropOf(folder("run", run)))).toEqual(["config-00000100.json"]);
  });

  it("is the plain files where a browser has no entries", async () => {
    const files = [file("a.txt")];
    expect(await filesOf({ items: [{}], files } as unknown as DataTransfer)).toEqual(files);
  });
});

describe("is told apart", () => {
  it("a model by its files, whatever lies beside them", async () => {
    const beside = ["README.md", "curve.svg", "tokenizer_config.json"];
    const dropped = await readDropped(["config.json", ...beside].map((name) => file(name)));
    expect(dropped).toMatchObject({ kind: "model", files: { "config.json": new Uint8Array() } });
    expect(dropped.kind === "model" && Object.keys(dropped.files)).toEqual(["config.json"]);
  });

  it("a model with the files that say what its tokens are", async () => {
    const all = ["config.json", "vocab.json", "merges.txt", "vocab.txt", "tokenizer.json", "spiece.model"];
    const dropped = await readDropped(all.map((name) => file(name)));
    expect(dropped.kind === "model" && Object.keys(dropped.files)).toEqual(all);
  });

  it("a text by being the only one", async () => {
    const long = "A line that says nothing. ".repeat(100);
    expect(await readDropped([file("book.txt", long)])).toMatchObject({ kind: "text", name: "book.txt" });
    await expect(readDropped([file("a.txt", long), file("b.txt", long)])).rejects.toThrow("drop one text");
    await expect(readDropped([file("README.md")])).rejects.toThrow("no text and no model");
    await expect(readDropped([file("a.txt", "short")])).rejects.toThrow("a.txt has 5 bytes");
  });
});
