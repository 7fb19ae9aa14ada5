/** The chapters in reading order. The first is part of the first paint; the others arrive when they are opened. */
import type { ComponentType } from "preact";
import type { ChapterProps } from "./chapter";
import LshChapter from "./lsh/chapter";

interface Chapter {
  id: string;
  title: string;
  load: () => Promise<ComponentType<ChapterProps>> | ComponentType<ChapterProps>;
}

export const chapters: readonly Chapter[] = [
  { id: "lsh", title: "Hash, sort, chunk, attend", load: () => LshChapter },
  {
    id: "race",
    title: "Full against LSH",
    load: async () => (await import("./race/chapter")).default,
  },
  {
    id: "reversible",
    title: "Reversible layers",
    load: async () => (await import("./reversible/chapter")).default,
  },
  {
    id: "train",
    title: "Train",
    load: async () => (await import("./train/chapter")).default,
  },
  {
    id: "image",
    title: "Complete an image",
    load: async () => (await import("./image/chapter")).default,
  },
  {
    id: "novel",
    title: "Continue a novel",
    load: async () => (await import("./novel/chapter")).default,
  },
  {
    id: "positions",
    title: "Positions",
    load: async () => (await import("./positions/chapter")).default,
  },
];

/** The chapter that a link names; the first when it names none that exists. */
export function chapterOf(id: string): Chapter {
  return chapters.find((chapter) => chapter.id === id) ?? chapters[0]!;
}
