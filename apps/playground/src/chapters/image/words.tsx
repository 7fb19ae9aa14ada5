import { SourceLink } from "../../parts/source-link";

export function Words() {
  return (
    <article class="words">
      <section>
        <h3>Row, column, channel</h3>
        <math display="block">
          <mrow>
            <mi>p</mi>
            <mo>=</mo>
            <mo stretchy={false}>[</mo>
            <msub>
              <mi>R</mi>
              <mi>row</mi>
            </msub>
            <mo>;</mo>
            <msub>
              <mi>C</mi>
              <mi>column</mi>
            </msub>
            <mo>;</mo>
            <msub>
              <mi>H</mi>
              <mi>channel</mi>
            </msub>
            <mo stretchy={false}>]</mo>
          </mrow>
        </math>
        <p>
          Positions are axial: three small tables of 32, 32 and 3 rows, side by side, instead of one of 3,072.
          Local layers see the row of a byte and the row above; LSH layers find what looks alike farther away.
          Reading the given part is one pass; after it a byte costs the same wherever it stands.
        </p>
        <SourceLink
          path="packages/model/src/positions/axial.ts"
          load={() => import("../../../../../packages/model/src/positions/axial.ts?raw")}
        />{" "}
        <SourceLink
          path="apps/playground/src/worker/tasks/paint.ts"
          load={() => import("../../worker/tasks/paint.ts?raw")}
        />
      </section>
      <section>
        <h3>The model</h3>
        <p>
          Small, and trained by <code>reformer train</code> on pictures of Noto Emoji (Google, Apache-2.0),
          for thirty steps only: it paints noise in the right colours. Drop the folder of a model that you
          trained yourself to see more. Its card says how it was made.
        </p>
        <SourceLink
          path="apps/playground/assets/emoji/README.md"
          load={() => import("../../../assets/emoji/README.md?raw")}
        />
      </section>
    </article>
  );
}
