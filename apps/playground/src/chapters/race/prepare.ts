/** Run by the build: the beginning of a race, on the machine that builds the page. */
import { openWasm } from "../../../prepare/open-wasm";
import { unheard } from "../../prepared/unheard";
import { initialState } from "../../state/fields";
import { race, type RacePoint } from "../../worker/tasks/race";
import { fields, lengths } from "./settings";

/** Enough for the slopes to be seen, without a build that waits. */
const [longest, patience] = [16_384, 600];

export async function prepare(): Promise<RacePoint[]> {
  await openWasm();
  const short = lengths.filter((length) => length <= longest);
  return race({ ...initialState(fields), lengths: short, patience }, unheard);
}
