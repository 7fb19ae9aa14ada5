/** What a million positions cost, and what it costs to make them cheap. Pure arithmetic: nothing is measured here. */
import { logAxis } from "../../draw/axis";
import { bytes, compact, percent, short, whole } from "../../draw/format";
import { XyChart } from "../../draw/xy-chart";
import { Slider } from "../../parts/slider";
import { SourceLink } from "../../parts/source-link";
import { useChapterState } from "../../state/use-chapter-state";
import { TryThese } from "../../parts/try-these";
import type { ChapterProps } from "../chapter";
import { axialParameters, bytesPerNumber, fullParameters, placeOf, squarest } from "./arithmetic";
import { Grid } from "./grid";
import { fields, settle, shapeOf } from "./settings";
import { trials } from "./trials";

const lengths = Array.from({ length: 11 }, (_, i) => 2 ** (10 + i));
const million = 2 ** 20;

export default function PositionsChapter({ id, theme }: ChapterProps) {
  const [settings, change] = useChapterState(id, fields, settle);
  const shape = shapeOf(settings);
  const length = shape.rows * shape.columns;
  const [full, axial] = [fullParameters(shape), axialParameters(shape)];
  const { row, column } = placeOf(settings.position, shape);
  const { dModel, rowDims } = shape;
  const cost = (count: number) => ({ ...squarest(count), rowDims, dModel });
  const curves = {
    full: lengths.map((count) => [count, fullParameters(cost(count)) * bytesPerNumber] as const),
    axial: lengths.map((count) => [count, axialParameters(cost(count)) * bytesPerNumber] as const),
  };
  return (
    <>
      <h2>Positions</h2>
      <p class="lead">
        Attention has no notion of order: a position has to be written into every vector. The plain way learns
        a vector for each position. With a million positions that table outweighs the model. Axial positions
        fold the sequence into a grid and learn its rows and its columns: two small tables, whose entries are
        put side by side.
      </p>
      <div class="card sliders">
        <Slider
          {...fields.rowPower}
          label="Rows"
          name="L₁"
          value={settings.rowPower}
          shown={whole(shape.rows)}
          onChange={(rowPower) => change({ rowPower })}
        />
        <Slider
          {...fields.columnPower}
          label="Columns"
          name="L₂"
          value={settings.columnPower}
          shown={whole(shape.columns)}
          onChange={(columnPower) => change({ columnPower })}
        />
        <Slider
          {...fields.dModel}
          label="Numbers in a vector"
          name="dModel"
          value={dModel}
          onChange={(value) => change({ dModel: value })}
        />
        <Slider
          {...fields.rowShare}
          label="of which say the row"
          name="M₁"
          value={settings.rowShare}
          shown={whole(rowDims)}
          onChange={(rowShare) => change({ rowShare })}
        />
        <Slider
          min={0}
          max={length - 1}
          label="Position"
          value={settings.position}
          shown={whole(settings.position)}
          onChange={(position) => change({ position })}
        />
      </div>
      <div class="findings">
        <section class="card" aria-labelledby="position-title">
          <h3 id="position-title">One position of {whole(length)}</h3>
          <p>
            Position {whole(settings.position)} = {whole(row)} · {whole(shape.columns)} + {whole(column)}: row{" "}
            <b>{whole(row)}</b>, column <b>{whole(column)}</b>. Its vector is the row’s {rowDims} numbers
            followed by the column’s {dModel - rowDims}.
          </p>
          <div class="halves" aria-hidden="true">
            <span style={{ flexGrow: rowDims }}>row {compact(row)}</span>
            <span style={{ flexGrow: dModel - rowDims }}>column {compact(column)}</span>
          </div>
          <Grid
            {...{ shape, theme }}
            position={settings.position}
            onPick={(position) => change({ position })}
          />
          <p class="help">
            Ink is how many numbers a position shares with the one that is picked: its whole row shares{" "}
            {percent(rowDims / dModel, 0)}, its whole column {percent(1 - rowDims / dModel, 0)}. That likeness
            is the price. Click to pick another
            {length > 64 * 64 ? "; on so large a grid a cell stands for many" : ""}.
          </p>
        </section>
        <section class="card" aria-labelledby="cost-title">
          <h3 id="cost-title">What it costs</h3>
          <p class="headline">
            <b data-fact="ratio">{short(full / axial)}</b> times fewer numbers
          </p>
          <p>
            One table: L·M = <b data-fact="full">{whole(full)}</b> numbers, {bytes(full * bytesPerNumber)}.
            Two tables: L₁·M₁ + L₂·M₂ = <b data-fact="axial">{whole(axial)}</b>,{" "}
            {bytes(axial * bytesPerNumber)}. An optimizer such as Adam keeps two more numbers for each.
          </p>
          <XyChart
            title="Bytes of position embeddings by length"
            series={[
              { name: "one table", points: curves.full, kind: "second" },
              { name: "axial, squarest grid", points: curves.axial, kind: "first" },
            ]}
            x={logAxis(lengths, { base: 2, maxTicks: 6 })}
            y={logAxis(
              [...curves.full, ...curves.axial].map(([, y]) => y),
              { maxTicks: 6 },
            )}
            xLabel="positions"
            yLabel="bytes (float32)"
            formatX={compact}
            formatY={bytes}
            mark={length >= lengths[0]! && length <= lengths.at(-1)! ? length : undefined}
          />
          <p>
            A million positions at this width: {bytes(fullParameters(cost(million)) * bytesPerNumber)} against{" "}
            {bytes(axialParameters(cost(million)) * bytesPerNumber)}.
          </p>
        </section>
      </div>
      <TryThese chapter={id} trials={trials} />
      <article class="words">
        <section>
          <h3>The equation</h3>
          <math display="block">
            <mrow>
              <msub>
                <mi>p</mi>
                <mi>n</mi>
              </msub>
              <mo>=</mo>
              <mo stretchy={false}>[</mo>
              <msub>
                <mi>row</mi>
                <mrow>
                  <mo stretchy={false}>⌊</mo>
                  <mi>n</mi>
                  <mo>/</mo>
                  <msub>
                    <mi>L</mi>
                    <mn>2</mn>
                  </msub>
                  <mo stretchy={false}>⌋</mo>
                </mrow>
              </msub>
              <mo>;</mo>
              <msub>
                <mi>column</mi>
                <mrow>
                  <mi>n</mi>
                  <mo>mod</mo>
                  <msub>
                    <mi>L</mi>
                    <mn>2</mn>
                  </msub>
                </mrow>
              </msub>
              <mo stretchy={false}>]</mo>
            </mrow>
          </math>
          <SourceLink
            path="packages/model/src/positions/axial.ts"
            load={() => import("../../../../../packages/model/src/positions/axial.ts?raw")}
          />
        </section>
        <section>
          <h3>Why it works</h3>
          <p>
            No two positions share both row and column, so every vector is still unique, and the layers above
            can tell them apart. The settings at first are those of the authors’ own model of Crime and
            Punishment: 512 rows, 1,024 columns, 64 numbers for the row and 192 for the column, which makes
            half a million tokens, a whole novel in their subwords.
          </p>
        </section>
      </article>
    </>
  );
}
