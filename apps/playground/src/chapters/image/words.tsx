import { SourceLink } from "../../parts/source-link";

export function Words() {
  return (
    <article class="words">
      <section>
        <h3>Row and column</h3>
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
            <mo stretchy={false}>]</mo>
          </mrow>
        </math>
        <p>
          Positions are axial: two small tables of 32 rows, side by side, instead of one of 1,024. Local
          layers see the last two to four rows of pixels; LSH layers look farther up, at pixels that hash
          alike. Reading the given part is one pass; after it a pixel costs the same wherever it stands.
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
          Small, and trained by <code>reformer train</code> on the faces and hearts of Noto Emoji (Google,
          Apache-2.0), a palette of 128 colours, a token a pixel. The pictures above were held out: it has
          seen none of them. So it knows what such a face is like, and not which one this was. Its card has
          the command, the data and the held-out figure; a model of your own is taken as well, of bytes of
          red, green and blue too.
        </p>
        <SourceLink
          path="apps/playground/assets/emoji/README.md"
          load={() => import("../../../assets/emoji/README.md?raw")}
        />
      </section>
    </article>
  );
}
