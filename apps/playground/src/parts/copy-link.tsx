/** The address to the clipboard: it holds every setting, so whoever opens it sees the same. */
import { useEffect, useState } from "preact/hooks";

const told = { idle: "Copy link", done: "Copied", refused: "The address bar has it" } as const;
const toldMilliseconds = 2500;

export function CopyLink() {
  const [state, setState] = useState<keyof typeof told>("idle");
  useEffect(() => {
    if (state === "idle") return undefined;
    const timer = setTimeout(() => setState("idle"), toldMilliseconds);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = () => {
    // Pages that are not served securely have no clipboard.
    const copied = navigator.clipboard?.writeText(location.href) ?? Promise.reject(new Error("none"));
    copied.then(
      () => setState("done"),
      () => setState("refused"),
    );
  };
  return (
    <button type="button" onClick={copy} aria-live="polite">
      {told[state]}
    </button>
  );
}
