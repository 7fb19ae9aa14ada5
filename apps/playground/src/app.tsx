/** The page around the chapters: where one is, what it runs on, light or dark. */
import LshChapter from "./chapters/lsh/chapter";
import { BackendBadge } from "./parts/backend-badge";
import { useTheme } from "./parts/theme";
import type { WorkerClient } from "./worker/client";

export function App({ client }: { client: WorkerClient }) {
  const [theme, toggleTheme] = useTheme();
  return (
    <>
      <a class="skip" href="#main" onClick={skip}>
        Skip to the chapter
      </a>
      <header class="masthead">
        <h1>
          Reformer <span>playground</span>
        </h1>
        <BackendBadge client={client} />
        <button type="button" class="theme" onClick={toggleTheme}>
          {theme === "dark" ? "Light" : "Dark"}
        </button>
      </header>
      <main id="main" tabIndex={-1}>
        <LshChapter id="lsh" client={client} theme={theme} />
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

/** The address belongs to the chapter: a jump must not change it. */
function skip(event: MouseEvent): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}
