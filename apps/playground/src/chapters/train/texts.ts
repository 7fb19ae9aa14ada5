/** What there is to learn before anything has been dropped. */
import { novelLine } from "../lsh/settings";

export interface Text {
  name: string;
  bytes: Uint8Array;
}

export const firstText: Text = {
  name: "one line of a novel, again and again",
  bytes: new TextEncoder().encode(`${novelLine} `.repeat(60)),
};
