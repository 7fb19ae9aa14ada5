/** Chapter 4: a Reformer that learns while one watches, on a task or on a text of one's own. */
import { useEffect, useState } from "preact/hooks";
import preparedText from "virtual:prepared/train";
import { milliseconds, percent, short, whole } from "../../draw/format";
import { readDropped } from "../../files/dropped";
import { DropZone } from "../../parts/drop-zone";
import { Fact } from "../../parts/fact";
import { Notices } from "../../parts/notices";
import { PlayButton } from "../../parts/play-button";
import { useFiles } from "../../parts/use-files";
import { decode } from "../../prepared/codec";
import { PreparedNote } from "../../prepared/note";
import { isInitial } from "../../state/fields";
import { useChapterState } from "../../state/use-chapter-state";
import type { NamedFiles } from "../../worker/models/open-model";
import { TryThese } from "../../parts/try-these";
import type { ChapterProps } from "../chapter";
import { BucketMap } from "./bucket-map";
import { TrainControls } from "./controls";
import { Curves } from "./curves";
import type { PreparedTrainings } from "./prepare";
import { Sample } from "./sample";
import { fields, firstLength, trainSettings } from "./settings";
import { firstText } from "./texts";
import { useTraining } from "./use-training";
import { Words } from "./words";
import { trials } from "./trials";

const prepared = decode<PreparedTrainings>(preparedText);

export default function TrainChapter({ id, client, theme }: ChapterProps) {
  const [settings, change] = useChapterState(id, fields);
  const [text, setText] = useState(firstText);
  const [model, setModel] = useState<NamedFiles>();
  const training = useTraining(client);
  const { isPlaying, error, open } = training;
  const before = prepared[settings.task];
  const isPrepared = !training.hasOpened;
  const { facts, points } = isPrepared ? before : training;
  const newest = points.at(-1);
  const { task, length, ...others } = settings;
  const isFirst =
    isInitial(fields, settings, Object.keys(others) as (keyof typeof others)[]) &&
    length === firstLength[task] &&
    text === firstText &&
    model === undefined;

  const reset = () =>
    open({
      settings: trainSettings(settings),
      text: settings.task === "text" ? text.bytes : undefined,
      model,
    });
  // A training follows its settings: another setting is another training.
  useEffect(() => {
    const timer = setTimeout(reset, 150);
    return () => clearTimeout(timer);
  }, [JSON.stringify(settings), text, model]);

  const { refused, onFiles } = useFiles(async (files) => {
    const dropped = await readDropped(files);
    if (dropped.kind === "model") return setModel(dropped.files);
    setText({ name: dropped.name, bytes: dropped.bytes });
    setModel(undefined);
    change({ task: "text", length: Math.max(64, settings.length) });
  });
  const guess = Math.log2(facts?.vocabSize ?? 16);

  return (
    <>
      <h2>Train</h2>
      <p class="lead">
        Two words of random letters, the second a copy of the first. To say the next letter, a token must find
        its place in the first word, and nothing nearby helps. For some dozens of steps nothing seems to
        happen; then attention finds the place, and the loss falls off a cliff. Or drop a text on this page
        and watch its words appear.
      </p>
      <Notices sentences={[refused, error]} />
      <div class="studio">
        <div class="side">
          <TrainControls {...{ settings, change }} hasModel={model !== undefined} />
          <div class="card">
            <p class="help">
              {settings.task === "text" ? `Learning: ${text.name}, ${whole(text.bytes.length)} bytes. ` : ""}
              {model !== undefined && "Going on with the model that you dropped. "}
              Drop a text (UTF-8), or a model’s folder: the trainer’s, or transformers’.
            </p>
            <DropZone label="Drop a text or a model, or choose files …" onFiles={onFiles} />
            {model !== undefined && (
              <button type="button" onClick={() => setModel(undefined)}>
                Back to a fresh model
              </button>
            )}
          </div>
        </div>
        <div class="stage" aria-busy={isPlaying}>
          <div class="card">
            <div class="figure-bar">
              <div class="transport">
                <PlayButton
                  isPlaying={isPlaying}
                  disabled={!training.facts}
                  onToggle={isPlaying ? training.pause : training.play}
                />
                <button type="button" disabled={isPlaying || !training.facts} onClick={training.stepOnce}>
                  Step
                </button>
                <button type="button" onClick={reset}>
                  Reset
                </button>
                <button type="button" disabled={!training.facts} onClick={training.save}>
                  Save the model
                </button>
              </div>
            </div>
            <dl class="facts">
              <Fact name="step" label="Step" value={newest ? whole(newest.step) : "–"} />
              <Fact
                name="held-out"
                label="Held out"
                value={newest ? `${short(newest.observation.heldOutBits)} bits` : "–"}
              />
              {settings.task === "copy" && (
                <Fact
                  name="accuracy"
                  label="Copied rightly"
                  value={newest?.observation.accuracy != null ? percent(newest.observation.accuracy) : "–"}
                />
              )}
              <Fact
                name="pace"
                label="A step takes"
                value={newest?.millisecondsPerStep ? milliseconds(newest.millisecondsPerStep) : "–"}
              />
              <Fact name="parameters" label="Parameters" value={facts ? whole(facts.parameters) : "–"} />
            </dl>
            <Curves
              points={points}
              before={isFirst && !isPrepared ? before.points : undefined}
              guess={guess}
            />
            {isPrepared && (
              <PreparedNote isOther={!isFirst} then="so a training goes. Yours begins when you play it." />
            )}
            <p class="help">
              Bits per token that is predicted; a blind guess costs {short(guess)}. Held out: sequences that
              are never trained on. {facts && `Layers: ${facts.layers}.`}
            </p>
          </div>
          <Sample task={settings.task} newest={newest} />
        </div>
      </div>
      {newest && facts && newest.observation.heads > 0 && (
        <section class="card" aria-labelledby="buckets-title">
          <h3 id="buckets-title">Buckets, as they change</h3>
          <div class="bucket-maps">
            {Array.from({ length: newest.observation.heads }, (_, head) => (
              <figure key={head}>
                <figcaption>Head {head + 1}</figcaption>
                <BucketMap
                  {...{ points, theme, head }}
                  length={facts.length}
                  label={`Buckets of head ${head + 1}: ${facts.length} tokens across, ${points.length} looks from the first to step ${newest.step} downward.`}
                />
              </figure>
            ))}
          </div>
          <p class="help">
            One held-out sequence across, time downward, in the uppermost LSH layer’s first round. A colour is
            a bucket’s direction, a dark line its opposite; of more than 16 buckets some share a colour. The
            hash is never trained: tokens change their buckets because their vectors change.
          </p>
        </section>
      )}
      <TryThese chapter={id} trials={trials} />
      <Words />
    </>
  );
}
