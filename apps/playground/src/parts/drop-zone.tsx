/** A button that asks for files, and takes those that are dropped anywhere on the page while it is there. */
import { useEffect, useRef, useState } from "preact/hooks";
import { filesOf, holdsFiles } from "../files/dropped";

export interface DropZoneProps {
  label: string;
  onFiles: (files: File[]) => void;
}

export function DropZone({ label, onFiles }: DropZoneProps) {
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const take = useRef(onFiles);
  take.current = onFiles;
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    addEventListener("dragover", (event) => setOver(holdsFiles(event)), { signal });
    // From one element to the next the pointer leaves, too, but not for nowhere.
    addEventListener("dragleave", ({ relatedTarget }) => relatedTarget === null && setOver(false), {
      signal,
    });
    addEventListener(
      "drop",
      (event) => {
        setOver(false);
        if (holdsFiles(event)) void filesOf(event.dataTransfer!).then((files) => take.current(files));
      },
      { signal },
    );
    return () => controller.abort();
  }, []);
  return (
    <div class={`drop-zone${isOver ? " over" : ""}`}>
      <button type="button" onClick={() => input.current?.click()}>
        {label}
      </button>
      <input
        ref={input}
        type="file"
        class="visually-hidden"
        tabIndex={-1}
        aria-label={label}
        multiple
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])]);
          currentTarget.value = "";
        }}
      />
    </div>
  );
}
