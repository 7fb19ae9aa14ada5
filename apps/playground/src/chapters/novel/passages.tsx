/** Where the last token looked, as buttons that open the book there. */
import { percent, whole } from "../../draw/format";
import { excerpt, type Looked, nearby, type Passage } from "./passages-of";

export interface PassagesProps {
  looked: Looked;
  picked?: Passage;
  /** @param from undefined to go back to the end */
  onPick: (from: number | undefined) => void;
}

export function Passages({ looked, picked, onPick }: PassagesProps) {
  const { text, near, far, query } = looked;
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
              onClick={() => onPick(picked?.from === passage.from ? undefined : passage.from)}
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
