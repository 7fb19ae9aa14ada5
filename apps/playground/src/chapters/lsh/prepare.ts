/** Run by the build: computes the picture of the default settings, so that it cannot go stale. */
import "@tensorflow/tfjs-backend-cpu";
import { initialState } from "../../state/fields";
import { attend } from "../../worker/tasks/attend";
import { encodeResult } from "./picture";
import { attendRequest } from "./request";
import { fields, settle } from "./settings";

export async function prepare(): Promise<string> {
  const result = await attend(attendRequest(settle(initialState(fields))));
  return JSON.stringify(encodeResult(result));
}
