/** Run by the build: the book read up to the first settings' place, and gone on with. */
import { samplingOf } from "../../parts/sampling";
import { openWasm } from "../../../prepare/open-wasm";
import { readBook, readShipped } from "../../../prepare/shipped-files";
import { unheard } from "../../prepared/unheard";
import { initialState } from "../../state/fields";
import { freeResident } from "../../worker/resident";
import { continueNovel, openNovel, readNovel, type WrittenToken } from "../../worker/tasks/novel";
import { fields, windowOf } from "./settings";
import type { Writing } from "./writing";

export async function prepare(): Promise<Writing> {
  await openWasm();
  const settings = initialState(fields);
  const book = readBook();
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
