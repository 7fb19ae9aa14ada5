/** The chapter's text. */
import { SourceLink } from "../../parts/source-link";
import { contextWeights, textDepth } from "./vectors";

export function Lead() {
  return (
    <p class="lead">
      In attention every token looks at every other, so twice the text is four times the work. Yet a softmax
      listens to only a few of them: the keys that point almost the same way as the query. The Reformer finds
      those without looking at the rest. It hashes vectors so that similar ones fall into one bucket, sorts by
      bucket, and looks only at neighbours in the sorted order.
    </p>
  );
}

export function Words() {
  return (
    <article class="words">
      <section>
        <h3>Hash</h3>
        <p>
          Draw a few random directions, the columns of R. A vector’s bucket is the direction, or the opposite
          of one, that it points along most. Two vectors at a small angle nearly always agree on it, whatever
          their lengths. In the pictures a colour is a direction, and stripes are its opposite.
        </p>
        <math display="block">
          <mrow>
            <mi>bucket</mi>
            <mo stretchy={false}>(</mo>
            <mi>x</mi>
            <mo stretchy={false}>)</mo>
            <mo>=</mo>
            <mi>argmax</mi>
            <mo stretchy={false}>[</mo>
            <mi>x</mi>
            <mi>R</mi>
            <mo>;</mo>
            <mo>−</mo>
            <mi>x</mi>
            <mi>R</mi>
            <mo stretchy={false}>]</mo>
          </mrow>
        </math>
        <SourceLink
          path="packages/lsh/src/hash.ts"
          load={() => import("../../../../../packages/lsh/src/hash.ts?raw")}
        />
      </section>
      <section>
        <h3>Sort</h3>
        <p>
          Buckets are small integers, so a counting sort orders the sequence by (bucket, position) in one
          pass, and stably. Queries and keys are the same vectors here, which is why one sort serves both.
          Keys are brought to length 1, so that what a token looks for does not outweigh what it is.
        </p>
        <SourceLink
          path="packages/lsh/src/sort.ts"
          load={() => import("../../../../../packages/lsh/src/sort.ts?raw")}
        />
      </section>
      <section>
        <h3>Chunk</h3>
        <p>
          Buckets come in all sizes, and hardware likes equal ones. So the sorted sequence is cut into chunks
          of C, and a query looks into its own chunk and the one before it, in case its bucket began there.
          The ends are joined to a ring, which is the dashed line that leaves the figure on the left. Memory
          for scores is L·2C instead of L·L.
        </p>
        <SourceLink
          path="packages/lsh/src/slot-layout.ts"
          load={() => import("../../../../../packages/lsh/src/slot-layout.ts?raw")}
        />
      </section>
      <section>
        <h3>Attend, in several rounds</h3>
        <p>
          One hash may part two similar vectors; another, with other directions, likely will not. The rounds
          are merged as one softmax over all keys that any of them saw, with z the logarithm of each round’s
          sum. A key that two rounds saw counts twice, unless you tick the box.
        </p>
        <math display="block">
          <mrow>
            <mi>o</mi>
            <mo>=</mo>
            <munder>
              <mo>∑</mo>
              <mi>r</mi>
            </munder>
            <msup>
              <mi>e</mi>
              <mrow>
                <msub>
                  <mi>z</mi>
                  <mi>r</mi>
                </msub>
                <mo>−</mo>
                <mi>z</mi>
              </mrow>
            </msup>
            <msub>
              <mi>o</mi>
              <mi>r</mi>
            </msub>
            <mspace width="1em" />
            <mi>z</mi>
            <mo>=</mo>
            <mi>log</mi>
            <munder>
              <mo>∑</mo>
              <mi>r</mi>
            </munder>
            <msup>
              <mi>e</mi>
              <msub>
                <mi>z</mi>
                <mi>r</mi>
              </msub>
            </msup>
          </mrow>
        </math>
        <SourceLink
          path="packages/lsh/src/lsh-attention.ts"
          load={() => import("../../../../../packages/lsh/src/lsh-attention.ts?raw")}
        />
      </section>
      <section class="honest">
        <h3>What is real here, and what is not</h3>
        <p>
          Hash, sort, windows and weights come from the functions that train a Reformer, run on tensors in a
          worker of this page. The vectors are not a trained model’s. For text, every character is a random
          direction of {textDepth} numbers, the same letter the same direction, plus {contextWeights[1]} of
          the character before and {contextWeights[2]} of the one before that: so letters are alike that stand
          in like company. All are then given the length that you set. A longer query listens to fewer keys,
          and then a hash has less to miss.
        </p>
        <p>
          Weights are read off by letting every query attend to the rows of an identity matrix. “Same windows,
          unsorted” is the same attention over the sequence as it stands: what sorting has to beat.
        </p>
        <SourceLink
          path="apps/playground/src/worker/tasks/attend.ts"
          load={() => import("../../worker/tasks/attend.ts?raw")}
        />
      </section>
    </article>
  );
}
