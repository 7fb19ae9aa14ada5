/** What a chapter is given. */
import type { Theme } from "../draw/palette";
import type { WorkerClient } from "../worker/client";

export interface ChapterProps {
  /** Its name in links. */
  id: string;
  client: WorkerClient;
  theme: Theme;
}
