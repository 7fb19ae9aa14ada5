/** A file of the project, opened in the page itself: the code that runs here, in the version that runs here. */
import { useRef, useState } from "preact/hooks";

export interface SourceFile {
  /** From the root of the repository. */
  path: string;
  load: () => Promise<{ default: string }>;
}

export function SourceLink({ path, load }: SourceFile) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState<string>();
  const open = () => {
    dialog.current?.showModal();
    load().then(
      (file) => setText(file.default),
      () => setText("The file could not be loaded. Is the page still there?"),
    );
  };
  return (
    <>
      <button type="button" class="source-link" onClick={open}>
        <code>{path}</code>
      </button>
      <dialog ref={dialog} aria-label={path} class="source">
        <header>
          <code>{path}</code>
          <button type="button" onClick={() => dialog.current?.close()}>
            Close
          </button>
        </header>
        {/* Focusable, so that a keyboard can scroll it. */}
        <pre tabIndex={0} role="region" aria-label="source code">
          <code>{text ?? "Loading …"}</code>
        </pre>
      </dialog>
    </>
  );
}
