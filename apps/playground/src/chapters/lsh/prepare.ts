/** Run by the build: the picture of a kind of sequence, as the first settings have it. */
import "@tensorflow/tfjs-backend-cpu";
import { attend, type AttendResult } from "../../worker/tasks/attend";
import { attendRequest } from "./request";
import { firstOf, type Source } from "./settings";

export async function prepare(source: Source): Promise<AttendResult> {
  return attend(attendRequest(firstOf(source)));
}
