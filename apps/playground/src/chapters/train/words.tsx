import { SourceLink } from "../../parts/source-link";

export function Words() {
  return (
    <article class="words">
      <section>
        <h3>The loss</h3>
        <math display="block">
          <mrow>
            <mo>−</mo>
            <mfrac>
              <mn>1</mn>
              <mi>n</mi>
            </mfrac>
            <munder>
              <mo>∑</mo>
              <mi>i</mi>
            </munder>
            <msub>
              <mi>log</mi>
              <mn>2</mn>
            </msub>
            <mi>p</mi>
            <mo stretchy={false}>(</mo>
            <msub>
              <mi>x</mi>
              <mi>i</mi>
            </msub>
            <mo>|</mo>
            <msub>
              <mi>x</mi>
              <mn>1</mn>
            </msub>
            <mo>…</mo>
            <msub>
              <mi>x</mi>
              <mrow>
                <mi>i</mi>
                <mo>−</mo>
                <mn>1</mn>
              </mrow>
            </msub>
            <mo stretchy={false}>)</mo>
          </mrow>
        </math>
        <p>
          Over the n tokens that count: in the duplication task only the second word, since nobody can know
          the first. A step is one pass forward, one backward that rebuilds every layer’s input by
          subtraction, and Adam’s update, for each parameter as soon as its gradient is there.
        </p>
      </section>
      <section>
        <h3>The same code as the trainer’s</h3>
        <p>
          “Save the model” gives <code>config.json</code> and <code>model.safetensors</code>: put both into a
          folder, and <code>reformer generate</code> or <code>reformer train --init</code> opens it. Positions
          are one learned table, so that the copy can be found by place.
        </p>
        <SourceLink
          path="packages/model/src/train-step.ts"
          load={() => import("../../../../../packages/model/src/train-step.ts?raw")}
        />{" "}
        <SourceLink
          path="packages/data/src/copy-task.ts"
          load={() => import("../../../../../packages/data/src/copy-task.ts?raw")}
        />{" "}
        <SourceLink
          path="apps/playground/src/worker/training/session.ts"
          load={() => import("../../worker/training/session.ts?raw")}
        />
      </section>
    </article>
  );
}
