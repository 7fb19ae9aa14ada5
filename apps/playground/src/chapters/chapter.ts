/** The list of chapters. A chapter is a name in a link, a title, and a component that is loaded when it is opened. */
import type { ComponentType } from "preact";
import type { Theme } from "../draw/palette";
import type { WorkerClient } from "../worker/client";

export interface ChapterProps {
  id: string;
  client: WorkerClient;
  theme: Theme;
}

export interface Chapter {
  id: string;
  title: string;
  /** Absent for the chapter that is part of the first paint. */
  load?: () => Promise<{ default: ComponentType<ChapterProps> }>;
}
