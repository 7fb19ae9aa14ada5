/** The page around the chapters: where one is, what it runs on, light or dark. */
import { useEffect, useRef } from "preact/hooks";
import { chapters } from "./chapters";
import { BackendBadge } from "./parts/backend-badge";
import { CopyLink } from "./parts/copy-link";
import { useTheme } from "./parts/theme";
import { useChapter } from "./parts/use-chapter";
import { writeRoute } from "./state/route";
import type { WorkerClient } from "./worker/client";

export function App({ client }: { client: WorkerClient }) {
  const [theme, toggleTheme] = useTheme();
  const { id, Component, error } = useChapter();
  const main = useRef<HTMLElement>(null);
  const last = useRef(id);
  useEffect(() => {
    if (last.current === id) return;
    last.current = id;
    scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [id]);
  const next = chapters[chapters.findIndex((chapter) => chapter.id === id) + 1];
  return (
    <>
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          // The address belongs to the chapter: a jump must not change it.
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to the chapter
      </a>
      <header class="masthead">
        <h1>
          Reformer <span>playground</span>
        </h1>
        <BackendBadge client={client} />
        <CopyLink />
        <button type="button" class="theme" onClick={toggleTheme}>
          {theme === "dark" ? "Light" : "Dark"}
        </button>
      </header>
      <nav class="chapters" aria-label="Chapters">
        <ol>
          {chapters.map((chapter) => (
            <li key={chapter.id}>
              <a
                href={writeRoute({ chapter: chapter.id, query: "" })}
                aria-current={chapter.id === id ? "page" : undefined}
              >
                {chapter.title}
              </a>
            </li>
          ))}
        </ol>
      </nav>
      <main id="main" tabIndex={-1} ref={main}>
        {error !== undefined && (
          <p class="notice" role="alert">
            {error}
          </p>
        )}
        {Component ? (
          <Component key={id} id={id} client={client} theme={theme} />
        ) : (
          !error && <p>Opening …</p>
        )}
        {next && (
          <p class="next">
            Next: <a href={writeRoute({ chapter: next.id, query: "" })}>{next.title}</a>
          </p>
        )}
      </main>
      <footer>
        <p>
          After Kitaev, Kaiser and Levskaya, <cite>Reformer: The Efficient Transformer</cite>, ICLR 2020.
          Everything is computed in your browser; nothing you type leaves it.
        </p>
      </footer>
    </>
  );
}
