/** Full attention against LSH attention: time and memory by length, measured here and drawn as they come. */
import { useEffect } from "preact/hooks";
import preparedText from "virtual:prepared/race";
import { logAxis } from "../../draw/axis";
import { bytes, compact, milliseconds, short, whole } from "../../draw/format";
import { type Series, XyChart } from "../../draw/xy-chart";
import { Slider } from "../../parts/slider";
import { SourceLink } from "../../parts/source-link";
import { decode } from "../../prepared/codec";
import { PreparedNote } from "../../prepared/note";
import { useUntil } from "../../prepared/use-until";
import { useStream } from "../../parts/use-stream";
import { isInitial } from "../../state/fields";
import { useChapterState } from "../../state/use-chapter-state";
import type { Lap, RacePoint } from "../../worker/tasks/race";
import { TryThese } from "../../parts/try-these";
import type { ChapterProps } from "../chapter";
import { fields, lengths, patience } from "./settings";
import { trials } from "./trials";

const prepared = decode<RacePoint[]>(preparedText);

export default function RaceChapter({ id, client }: ChapterProps) {
  const [settings, change] = useChapterState(id, fields);
  const { points: own, isRunning, error, start, stop } = useStream(client, "race");
  const { shown: points, isPrepared } = useUntil(own.length > 0 ? own : undefined, prepared);
  const go = () => start({ ...settings, lengths, patience });
  useEffect(go, []);
  const both = points.filter(({ full, lsh }) => full && lsh).at(-1);
  const onlyLsh = points.filter(({ full, lsh }) => !full && lsh).at(-1);
  return (
    <>
      <h2>Full against LSH</h2>
      <p class="lead">
        Twice the length is four times the work for full attention, and a little more than twice for LSH
        attention. Short sequences hide it: hashing and sorting cost something too. So the two run here
        against each other, on your machine, until full attention needs more than {patience / 1000} seconds.
      </p>
      <div class="card sliders">
        <Slider
          {...fields.numHashes}
          label="Rounds of hashing"
          name="numHashes"
          value={settings.numHashes}
          onChange={(numHashes) => change({ numHashes })}
        />
        <Slider
          {...fields.chunkLength}
          label="Chunk length"
          name="chunkLength"
          value={settings.chunkLength}
          onChange={(chunkLength) => change({ chunkLength })}
        />
        <Slider
          {...fields.depth}
          label="Depth of the head"
          name="dHead"
          value={settings.depth}
          onChange={(depth) => change({ depth })}
        />
        <button type="button" class="primary" onClick={isRunning ? stop : go}>
          {isRunning ? "Stop" : "Run with these settings"}
        </button>
      </div>
      {error !== undefined && (
        <p class="notice" role="alert">
          The race was broken off: {error}
        </p>
      )}
      <p class="verdict" aria-live="polite" data-fact="verdict">
        {both ? verdict(both) : "Warming up …"}{" "}
        {onlyLsh &&
          `LSH attention alone went on to ${whole(onlyLsh.length)} tokens, in ${milliseconds(onlyLsh.lsh!.milliseconds)}.`}
        {isRunning && !isPrepared && " Still running."}
      </p>
      {isPrepared && (
        <PreparedNote
          isOther={!isInitial(fields, settings)}
          then="timed on the machine that built it. Yours is about to run."
        />
      )}
      {points
        .flatMap(({ failure }) => failure ?? [])
        .map((failure) => (
          <p key={failure} class="notice">
            Gave up: {failure}
          </p>
        ))}
      <div class="findings">
        <section class="card" aria-labelledby="time-title">
          <h3 id="time-title">Time</h3>
          <RaceChart
            points={points}
            measure={(lap) => lap.milliseconds}
            title="Time by length"
            yLabel="one forward pass"
            format={milliseconds}
          />
          <p class="help">The better of two runs; one head, causal.</p>
        </section>
        <section class="card" aria-labelledby="memory-title">
          <h3 id="memory-title">Memory</h3>
          <RaceChart
            points={points}
            measure={(lap) => lap.bytes}
            title="Memory by length"
            yLabel="tensors at their most"
            format={bytes}
          />
          <p class="help">
            From tfjs’s own allocator, beyond inputs. Full attention here is the careful kind, which works
            through its queries a block at a time, so that not even it ever holds all scores: its memory
            flattens, its time does not.
          </p>
        </section>
      </div>
      <TryThese chapter={id} trials={trials} />
      <article class="words">
        <section>
          <h3>The count</h3>
          <math display="block">
            <mrow>
              <msup>
                <mi>L</mi>
                <mn>2</mn>
              </msup>
              <mspace width="0.6em" />
              <mtext>against</mtext>
              <mspace width="0.6em" />
              <mi>L</mi>
              <mo>·</mo>
              <mi>R</mi>
              <mo>·</mo>
              <mn>2</mn>
              <mi>C</mi>
            </mrow>
          </math>
          <p>
            Dot products, with R rounds and chunks of C. At {whole(65_536)} tokens and these settings that is{" "}
            {short(65_536 / (settings.numHashes * 2 * settings.chunkLength))} to one. Hashing adds L·D·K/2 per
            round, or far less where the number of buckets K is factored in two.
          </p>
        </section>
        <section>
          <h3>The runners</h3>
          <p>
            Both are the functions that a model trains with, on random vectors of normal numbers. On
            WebAssembly and WebGPU LSH attention is a kernel of its own, while full attention is composed of
            tfjs’s operations and pays for each: so trust the slopes more than the distance.
          </p>
          <SourceLink
            path="packages/lsh/src/full-attention.ts"
            load={() => import("../../../../../packages/lsh/src/full-attention.ts?raw")}
          />{" "}
          <SourceLink
            path="packages/lsh/src/lsh-attention.ts"
            load={() => import("../../../../../packages/lsh/src/lsh-attention.ts?raw")}
          />{" "}
          <SourceLink
            path="apps/playground/src/worker/tasks/race.ts"
            load={() => import("../../worker/tasks/race.ts?raw")}
          />
        </section>
      </article>
    </>
  );
}

function verdict({ length, full, lsh }: RacePoint): string {
  const ratio = full!.milliseconds / lsh!.milliseconds;
  const [winner, times] = ratio >= 1 ? ["LSH attention", ratio] : ["full attention", 1 / ratio];
  return `At ${whole(length)} tokens ${winner} is ${short(times)} times as fast.`;
}

interface RaceChartProps {
  points: RacePoint[];
  measure: (lap: Lap) => number;
  title: string;
  yLabel: string;
  format: (value: number) => string;
}

function RaceChart({ points, measure, title, yLabel, format }: RaceChartProps) {
  const curve = (name: "full" | "lsh") =>
    points.flatMap((point) => (point[name] ? [[point.length, measure(point[name])] as const] : []));
  const series: Series[] = [
    { name: "full", points: curve("full"), kind: "second" },
    { name: "LSH", points: curve("lsh"), kind: "first" },
  ];
  return (
    <XyChart
      {...{ title, series, yLabel }}
      x={logAxis(lengths, { base: 2, maxTicks: 6 })}
      y={logAxis(series.flatMap((one) => one.points.map(([, y]) => y)))}
      xLabel="tokens"
      formatX={compact}
      formatY={format}
    />
  );
}
