/** Where the last token looked, as buttons that open the book there. */
import { percent, whole } from "../../draw/format";
import { excerpt, nearby, type Passage, passagesOf } from "./passages-of";
import type { Writing } from "./writing";

export interface PassagesProps {
  writing: Writing;
  picked?: Passage;
  onPick: (passage: Passage | undefined) => void;
}

export function Passages({ writing, picked, onPick }: PassagesProps) {
  const { text, given, written, last } = writing;
  if (last === undefined) return <p>Nothing has been written yet.</p>;
  const query = given + written - 1;
  const { near, far } = passagesOf(last.attended, query);
  return (
    <>
      <p class="help">
        The last token gave <b data-fact="near">{percent(near)}</b> of its LSH layers’ attention to the last{" "}
        {nearby} bytes{far.length > 0 ? "; beyond them it looked most at these:" : "."}
      </p>
      <ul class="passages">
        {far.map((passage) => (
          <li key={passage.from}>
            <button
              type="button"
              aria-pressed={picked?.from === passage.from}
              onClick={() => onPick(picked?.from === passage.from ? undefined : passage)}
            >
              <span class="weight">{percent(passage.weight)}</span>
              <span>
                …{excerpt(text, passage.from - 28, passage.from)}
                <mark>{excerpt(text, passage.from, passage.to + 1)}</mark>
                {excerpt(text, passage.to + 1, passage.to + 28)}…
              </span>
              <span class="help">{whole(query - passage.to)} bytes before</span>
            </button>
          </li>
        ))}
      </ul>
      {picked && (
        <button type="button" onClick={() => onPick(undefined)}>
          Back to the end
        </button>
      )}
    </>
  );
}
