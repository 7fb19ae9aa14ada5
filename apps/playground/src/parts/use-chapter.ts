/** The chapter that the address names, with its component once it is there. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { chapterOf } from "../chapters";
import type { ChapterProps } from "../chapters/chapter";
import { readRoute } from "../state/route";

interface Opened {
  id: string;
  Component?: ComponentType<ChapterProps>;
  error?: string;
}

function open(id: string): Opened {
  const loaded = chapterOf(id).load();
  return { id, Component: loaded instanceof Promise ? undefined : loaded };
}

const named = () => chapterOf(readRoute(location.hash).chapter).id;

export function useChapter(): Opened {
  const [opened, setOpened] = useState(() => open(named()));
  useEffect(() => {
    const follow = () => {
      setOpened((before) => (before.id === named() ? before : open(named())));
    };
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  useEffect(() => {
    const { id, Component } = opened;
    document.title = `${chapterOf(id).title} · Reformer playground`;
    if (Component) return undefined;
    let isCurrent = true;
    const settle = (change: Partial<Opened>) => isCurrent && setOpened({ id, ...change });
    Promise.resolve(chapterOf(id).load()).then(
      (loaded) => settle({ Component: loaded }),
      () => settle({ error: "This chapter could not be loaded. Is the page still where it came from?" }),
    );
    return () => {
      isCurrent = false;
    };
  }, [opened]);
  return opened;
}
