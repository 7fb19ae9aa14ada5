/** What the model says now: a copy with its mistakes marked, or a text that it writes. */
import type { TrainPoint } from "../../worker/tasks/train";
import type { Settings } from "./settings";

export function Sample({ task, newest }: { task: Settings["task"]; newest?: TrainPoint }) {
  const sample = newest?.observation.sample;
  return (
    <section class="card" aria-labelledby="sample-title">
      <h3 id="sample-title">What it says now</h3>
      {sample === undefined ? (
        <p>Your machine is getting ready …</p>
      ) : task === "copy" ? (
        <>
          <p class="letters">
            <span class="help">to copy</span> <code>{sample.given}</code>
          </p>
          <p class="letters">
            <span class="help">copied</span>{" "}
            <code data-fact="sample">
              {[...sample.written].map((letter, i) =>
                letter === sample.given[i] ? letter : <mark key={i}>{letter}</mark>,
              )}
            </code>
          </p>
        </>
      ) : (
        <p class="prose">
          <span class="given">…{sample.given}</span>
          <b data-fact="sample">{sample.written}</b>
        </p>
      )}
    </section>
  );
}
