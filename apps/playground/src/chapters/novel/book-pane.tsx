/** The text around a place: the book, what was written, and a passage in it that is marked. */
import { useEffect, useRef } from "preact/hooks";
import { excerpt, type Passage } from "./passages-of";

export interface BookPaneProps {
  /** The window, and after it what was written. */
  text: Uint8Array;
  /** Bytes of the window. */
  given: number;
  end: number;
  /** Drawn around this passage; around the end without one. */
  marked?: Passage;
}

const before = 1100;
const after = 700;

export function BookPane({ text, given, end, marked }: BookPaneProps) {
  const pane = useRef<HTMLDivElement>(null);
  // What is new, or marked, is in sight.
  useEffect(() => {
    const { current } = pane;
    if (!current) return;
    const mark = current.querySelector("mark");
    current.scrollTop = mark ? mark.offsetTop - current.clientHeight / 2 : current.scrollHeight;
  }, [end, marked]);
  const from = Math.max(0, (marked?.from ?? end) - before);
  const to = Math.min(end, marked ? marked.to + after : end);
  const cut = (start: number, stop: number) => excerpt(text, Math.max(from, start), Math.min(to, stop));
  const [first, last] = marked ? [marked.from, marked.to + 1] : [to, to];
  return (
    // Focusable, so that a keyboard can scroll it.
    <div ref={pane} class="book" tabIndex={0} role="region" aria-label="The book, and how it goes on">
      <p class="prose">
        {from > 0 && "… "}
        {cut(from, Math.min(first, given))}
        {first > given && <b>{cut(given, first)}</b>}
        {marked && <mark>{cut(first, last)}</mark>}
        {marked && cut(last, Math.max(last, given))}
        {to > given && (marked ? last < to : true) && first <= given && (
          <b data-fact="written">{cut(Math.max(given, last), to)}</b>
        )}
      </p>
    </div>
  );
}
