/** What is worth a look in a chapter: links that set it, each with what there is to see. */
import { writeRoute } from "../state/route";

export interface Trial {
  /** Settings, as a link names them. */
  query: string;
  label: string;
  look: string;
}

export function TryThese({ chapter, trials }: { chapter: string; trials: readonly Trial[] }) {
  return (
    <section class="card try" aria-labelledby="try-title">
      <h3 id="try-title">Try this</h3>
      <ul>
        {trials.map(({ query, label, look }) => (
          <li key={query}>
            <a href={writeRoute({ chapter, query })}>{label}</a>
            <span>{look}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
