/** The text around a place: the book, what was written, and a passage in it that is marked. */
import { useEffect, useRef } from "preact/hooks";
import { excerpt, type Passage } from "./passages-of";
import type { Writing } from "./writing";

export interface BookPaneProps extends Writing {
  /** Drawn around this passage; around the end without one. */
  marked?: Passage;
}

const before = 1100;
const after = 700;

export function BookPane({ text, given, written, marked }: BookPaneProps) {
  const end = given + written;
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
  const mark = marked && { from: marked.from, to: marked.to + 1 };
  return (
    // Focusable, so that a keyboard can scroll it.
    <div ref={pane} class="book" tabIndex={0} role="region" aria-label="The book, and how it goes on">
      <p class="prose">
        {from > 0 && "… "}
        <Part from={from} to={given} {...{ cut, mark }} />
        {to > given && (
          <b data-fact="written">
            <Part from={given} to={to} {...{ cut, mark }} />
          </b>
        )}
      </p>
    </div>
  );
}

interface PartProps {
  from: number;
  to: number;
  cut: (from: number, to: number) => string;
  mark?: { from: number; to: number };
}

/** Bytes `from … to`, with what is marked of them. */
function Part({ from, to, cut, mark }: PartProps) {
  if (!mark || mark.to <= from || mark.from >= to) return <>{cut(from, to)}</>;
  const [first, last] = [Math.max(from, mark.from), Math.min(to, mark.to)];
  return (
    <>
      {cut(from, first)}
      <mark>{cut(first, last)}</mark>
      {cut(last, to)}
    </>
  );
}
