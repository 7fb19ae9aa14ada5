/** The authors' second figure on real tensors: forward, backward by subtraction, and what that saves. */
import { useCallback, useEffect, useMemo } from "preact/hooks";
import preparedText from "virtual:prepared/reversible";
import { linearAxis } from "../../draw/axis";
import { bytes, short, whole } from "../../draw/format";
import { XyChart } from "../../draw/xy-chart";
import { PlayButton } from "../../parts/play-button";
import { SeedButton } from "../../parts/seed-button";
import { Slider } from "../../parts/slider";
import { SourceLink } from "../../parts/source-link";
import { useLatest } from "../../parts/use-latest";
import { useSteps } from "../../parts/use-steps";
import { useStream } from "../../parts/use-stream";
import { decode } from "../../prepared/codec";
import { PreparedNote } from "../../prepared/note";
import { useUntil } from "../../prepared/use-until";
import { isInitial } from "../../state/fields";
import { useChapterState } from "../../state/use-chapter-state";
import type { RebuildRequest } from "../../worker/tasks/rebuild";
import { TryThese } from "../../parts/try-these";
import type { ChapterProps } from "../chapter";
import { FigureAbc } from "./figure-abc";
import { Ladder } from "./ladder";
import { depths, fields, memorySizes, settle, sizes } from "./settings";
import type { PreparedLayers } from "./prepare";
import { sayWalk } from "./walk";
import { trials } from "./trials";

const stepMilliseconds = 700;
const prepared = decode<PreparedLayers>(preparedText);

export default function ReversibleChapter({ id, client }: ChapterProps) {
  const [settings, change] = useChapterState(id, fields, settle);
  const { layers, seed, step } = settings;
  const request = useMemo((): RebuildRequest => ({ ...sizes, layers, seed }), [layers, seed]);
  const ask = useCallback((asked: RebuildRequest) => client.ask("rebuild", asked), [client]);
  const { done, error } = useLatest(request, ask);
  const walked = useUntil(done?.output, prepared.layers);
  const memory = useStream(client, "memoryByDepth");
  const peaks = useUntil(memory.points.length > 0 ? memory.points : undefined, prepared.memory);
  const onStep = useCallback((next: number) => change({ step: next }), [change]);
  const { isPlaying, toggle } = useSteps({
    step,
    first: 0,
    last: 2 * layers,
    pause: stepMilliseconds,
    onChange: onStep,
  });

  useEffect(() => memory.start({ ...memorySizes, depths, seed }), [seed]);

  const errors = walked.shown.layers.flatMap(({ x2, y1 }) => [x2.error / x2.scale, y1.error / y1.scale]);
  const last = peaks.shown.at(-1);
  return (
    <>
      <h2>Reversible layers</h2>
      <p class="lead">
        To train a network one needs the numbers that went into every layer, and so memory grows with depth. A
        reversible layer can be run backwards: what went in is computed again from what came out. Then a
        thousand layers need the memory of one, and pay with time: everything is computed once more.
      </p>
      <FigureAbc running={step === 0 ? undefined : step <= layers ? "B" : "C"} />
      <section class="card walk" aria-labelledby="walk-title">
        <h3 id="walk-title">There and back, on {layers} real layers</h3>
        <div class="sliders">
          <Slider
            {...fields.layers}
            label="Layers"
            value={layers}
            onChange={(value) => change({ layers: value, step: 2 * value })}
          />
          <Slider
            min={0}
            max={2 * layers}
            label="Step"
            value={step}
            onChange={(value) => change({ step: value })}
          />
          <div class="transport">
            <PlayButton isPlaying={isPlaying} onToggle={toggle} />
            <SeedButton seed={seed} onChange={(value) => change({ seed: value })} />
          </div>
        </div>
        {error !== undefined && (
          <p class="notice" role="alert">
            The layers could not be run: {error}
          </p>
        )}
        <p aria-live="polite">{sayWalk({ step, layers })}</p>
        <Ladder result={walked.shown} step={step} />
        {walked.isPrepared && <PreparedNote isOther={!isInitial(fields, settings, ["layers", "seed"])} />}
        <p>
          Each strip is {sizes.dModel} numbers of the first of {sizes.length} positions. Over all positions
          and layers the largest error is <b data-fact="rebuild-error">{short(Math.max(...errors))}</b> of the
          largest number: float32 rounds at {short(2 ** -24)}. The hash buckets of the way up are kept for the
          way down, because a vector that is off by such an error may fall on the other side of a border.
        </p>
      </section>
      <div class="findings">
        <section class="card" aria-labelledby="depth-title">
          <h3 id="depth-title">Memory by depth</h3>
          <XyChart
            title="Memory by depth"
            series={[
              {
                name: "activations kept",
                points: peaks.shown.map(({ depth, keptBytes }) => [depth, keptBytes] as const),
                kind: "second",
              },
              {
                name: "reversible",
                points: peaks.shown.map(({ depth, reversibleBytes }) => [depth, reversibleBytes] as const),
                kind: "first",
              },
            ]}
            x={linearAxis(depths, { whole: true })}
            y={linearAxis(
              peaks.shown.flatMap(({ keptBytes, reversibleBytes }) => [keptBytes, reversibleBytes]),
            )}
            xLabel="layers"
            yLabel="tensors at their most"
            formatX={whole}
            formatY={bytes}
          />
          <p aria-live="polite">
            {last && (
              <>
                At {last.depth} layers: <b data-fact="reversible-bytes">{bytes(last.reversibleBytes)}</b>{" "}
                against <b data-fact="kept-bytes">{bytes(last.keptBytes)}</b>.{" "}
              </>
            )}
            {memory.isRunning && !peaks.isPrepared && "Still measuring."}
            {memory.error}
          </p>
          {peaks.isPrepared && <PreparedNote isOther={!isInitial(fields, settings, ["seed"])} />}
          <p class="help">
            The peak of a forward and backward pass over {memorySizes.length} positions of{" "}
            {memorySizes.dModel} numbers, from tfjs’s own allocator; parameters, which both have alike, are
            left out.
          </p>
        </section>
        <section class="card">
          <h3>What runs here</h3>
          <p>
            Layers of LSH attention and feed-forward with random parameters, in the very stack that trains a
            Reformer. “Activations kept” is the same stack, told to rebuild nothing.
          </p>
          <p>
            <SourceLink
              path="packages/reversible/src/sequence.ts"
              load={() => import("../../../../../packages/reversible/src/sequence.ts?raw")}
            />
          </p>
          <p>
            <SourceLink
              path="apps/playground/src/worker/tasks/blocks.ts"
              load={() => import("../../worker/tasks/blocks.ts?raw")}
            />
          </p>
          <p>
            <SourceLink
              path="apps/playground/src/worker/tasks/rebuild.ts"
              load={() => import("../../worker/tasks/rebuild.ts?raw")}
            />
          </p>
        </section>
      </div>
      <TryThese chapter={id} trials={trials} />
    </>
  );
}
