/** Run by the build: the book read up to the first settings' place, and gone on with. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { samplingOf } from "../../parts/sampling";
import { openWasm } from "../../prepared/open-wasm";
import { readShipped } from "../../prepared/shipped-files";
import { unheard } from "../../prepared/unheard";
import { initialState } from "../../state/fields";
import { freeResident } from "../../worker/resident";
import { continueNovel, openNovel, readNovel, type WrittenToken } from "../../worker/tasks/novel";
import { fields, windowOf } from "./settings";
import type { Writing } from "./writing";

const gzipped = new URL("../../../../trainer/assets/crime-and-punishment.txt.gz", import.meta.url);

export async function prepare(): Promise<Writing> {
  await openWasm();
  const settings = initialState(fields);
  const book = Uint8Array.from(gunzipSync(readFileSync(fileURLToPath(gzipped))));
  const { facts } = await openNovel({ model: readShipped("novel"), book }, unheard);
  const { start, end } = windowOf(settings, book.length, facts.maxLength);
  const tokens = book.subarray(start, end);
  await readNovel({ tokens }, unheard);
  const written: WrittenToken[] = [];
  const report = (token: WrittenToken) => written.push(token);
  const { maxTokens, topK, seed } = settings;
  await continueNovel({ maxTokens, topK, seed, ...samplingOf(settings) }, { ...unheard, report });
  freeResident();
  const bytes = written.map(({ byte }) => byte);
  return {
    text: Uint8Array.from([...tokens, ...bytes]),
    given: tokens.length,
    written: bytes.length,
    last: written.at(-1),
  };
}
