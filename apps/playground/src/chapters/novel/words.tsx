import { SourceLink } from "../../parts/source-link";

export function Words({ layers }: { layers?: string }) {
  return (
    <article class="words">
      <section>
        <h3>Drawing a token</h3>
        <math display="block">
          <mrow>
            <mi>p</mi>
            <mo stretchy={false}>(</mo>
            <mi>x</mi>
            <mo stretchy={false}>)</mo>
            <mo>∝</mo>
            <mi>exp</mi>
            <mo stretchy={false}>(</mo>
            <msub>
              <mi>z</mi>
              <mi>x</mi>
            </msub>
            <mo>/</mo>
            <mi>T</mi>
            <mo stretchy={false}>)</mo>
          </mrow>
        </math>
        <p>
          T is the temperature: low, and it says the likeliest; high, and it dares. topK keeps that many
          tokens, topP as many as together have that probability. Keys and values of earlier tokens are
          remembered, sorted by bucket, so the next token costs the same at the end of a book as at its
          beginning.
        </p>
        <SourceLink
          path="packages/model/src/sampling.ts"
          load={() => import("../../../../../packages/model/src/sampling.ts?raw")}
        />{" "}
        <SourceLink
          path="packages/model/src/decode/decoder.ts"
          load={() => import("../../../../../packages/model/src/decode/decoder.ts?raw")}
        />
      </section>
      <section>
        <h3>The model</h3>
        <p>
          Small, byte by byte, trained by <code>reformer train</code> on this and three other Russian novels,
          without this one’s last pages
          {layers && `; its layers, from the input up: ${layers}`}. Positions are rotations, so the window may
          be of any length. Its card has the command, the data and the held-out figure. The translation is
          Constance Garnett’s, in the public domain.
        </p>
        <SourceLink
          path="apps/playground/assets/novel/README.md"
          load={() => import("../../../assets/novel/README.md?raw")}
        />
      </section>
    </article>
  );
}
