/** Chapter 5: the lower part of a picture, filled in pixel by pixel by a small model. */
import { useEffect, useRef, useState } from "preact/hooks";
import preparedText from "virtual:prepared/image";
import { milliseconds, percent, whole } from "../../draw/format";
import { type Dropped, readDropped } from "../../files/dropped";
import { DownloadBar } from "../../parts/download-bar";
import { DropZone } from "../../parts/drop-zone";
import { Fact } from "../../parts/fact";
import { Notices } from "../../parts/notices";
import { SamplingSliders } from "../../parts/sampling-sliders";
import { SeedButton } from "../../parts/seed-button";
import { Slider } from "../../parts/slider";
import { useFiles } from "../../parts/use-files";
import { decode } from "../../prepared/codec";
import { PreparedNote } from "../../prepared/note";
import { isInitial } from "../../state/fields";
import { useChapterState } from "../../state/use-chapter-state";
import type { ModelSource } from "../../worker/models/writer";
import { TryThese } from "../../parts/try-these";
import type { ChapterProps } from "../chapter";
import { Picture } from "./picture";
import { allPixels, givenPixels, readPicture, readStrip, side } from "./pixels";
import type { PreparedPicture } from "./prepare";
import { fields } from "./settings";
import { pictureNames, picturesUrl, shippedPainter } from "./shipped";
import { type Painting, usePainter } from "./use-painter";
import { Words } from "./words";
import { trials } from "./trials";

const prepared = decode<PreparedPicture>(preparedText);
const preparedPainting: Painting = {
  samples: prepared.samples,
  known: allPixels,
  given: allPixels,
  milliseconds: 0,
};
/** Samples of which nothing is painted yet. */
const blank = (pixels: Uint8Array, given: number, count: number): Painting => ({
  samples: Array.from({ length: count }, () => pixels),
  known: given,
  given,
  milliseconds: 0,
});

export default function ImageChapter({ id, client }: ChapterProps) {
  const [settings, change] = useChapterState(id, fields);
  const [pictures, setPictures] = useState<Uint8Array[]>([]);
  const [dropped, setDropped] = useState<{ name: string; pixels: Uint8Array }>();
  const [model, setModel] = useState<ModelSource>(shippedPainter);
  const given = givenPixels(settings.hiddenRows);
  const chosen = dropped?.pixels ?? pictures[settings.picture];
  const { share, isRunning, error, paint, stop, ...painter } = usePainter(client, model, chosen, settings);
  const hasPainted = useRef(false);
  if (painter.painting) hasPainted.current = true;
  const isFirst = isInitial(fields, settings) && !dropped && model === shippedPainter;
  const isPrepared = isFirst && !hasPainted.current;
  const pixels = chosen ?? (isPrepared ? prepared.pixels : undefined);
  const painting =
    painter.painting ??
    (isPrepared
      ? preparedPainting
      : error === undefined && pixels
        ? blank(pixels, given, settings.samples)
        : undefined);
  const name = dropped?.name ?? pictureNames[settings.picture]!;
  const { refused, refuse, onFiles } = useFiles(async (files) => {
    const [file] = files;
    if (files.length === 1 && file!.type.startsWith("image/"))
      return setDropped({ name: file!.name, pixels: await readPicture(file!) });
    const read: Dropped = await readDropped(files);
    if (read.kind === "text") throw new Error(`${read.name} is no picture.`);
    setModel({ files: read.files });
  });
  useEffect(() => void readStrip(picturesUrl).then(setPictures, refuse), []);
  const written = painting ? (painting.known - painting.given) * painting.samples.length : 0;

  return (
    <>
      <h2>Complete an image</h2>
      <p class="lead">
        To a Reformer a picture is a text: 1,024 colours, pixel after pixel, row after row. Hide the lower
        part, and it writes on, a pixel at a time, each drawn from what it believes may follow. Draw several
        at once: where they differ, the picture so far has not decided.
      </p>
      <Notices sentences={[refused, error]} />
      <div class="studio">
        <div class="side">
          <div class="card sliders">
            <Slider
              {...fields.hiddenRows}
              label="Hidden"
              value={settings.hiddenRows}
              shown={percent(settings.hiddenRows / side, 0)}
              onChange={(hiddenRows) => change({ hiddenRows })}
            />
            <Slider
              {...fields.samples}
              label="Samples at once"
              value={settings.samples}
              onChange={(samples) => change({ samples })}
            />
            <SamplingSliders {...settings} {...{ fields, change }} />
            <SeedButton seed={settings.seed} onChange={(seed) => change({ seed })} />
          </div>
          <div class="card">
            <p class="help">
              Drop a picture: its middle square is made small enough. Or a model’s folder, trained with{" "}
              <code>reformer train --config images-small</code>.
            </p>
            <DropZone label="Drop a picture, or choose one …" onFiles={onFiles} />
            {model !== shippedPainter && (
              <button type="button" onClick={() => setModel(shippedPainter)}>
                Back to the page’s own model
              </button>
            )}
          </div>
        </div>
        <div class="stage" aria-busy={isRunning}>
          <div class="card">
            <div class="picture-strip" role="group" aria-label="Pictures that the model has never seen">
              {pictures.map((one, i) => (
                <button
                  key={i}
                  type="button"
                  aria-pressed={!dropped && i === settings.picture}
                  onClick={() => {
                    setDropped(undefined);
                    change({ picture: i });
                  }}
                >
                  <Picture pixels={one} label={pictureNames[i]!} />
                </button>
              ))}
            </div>
            <div class="transport">
              <button
                type="button"
                class="primary"
                disabled={chosen === undefined}
                onClick={() => (isRunning ? stop() : paint(chosen!))}
              >
                {isRunning ? "Stop" : "Fill it in"}
              </button>
            </div>
            {share !== undefined && <DownloadBar what="Loading the model" share={share} />}
            <div class="gallery">
              {pixels && (
                <>
                  <figure>
                    <Picture pixels={pixels} label={`${name}, the original`} />
                    <figcaption>original</figcaption>
                  </figure>
                  <figure>
                    <Picture
                      pixels={pixels}
                      known={given}
                      label={`${name}, its lower ${percent(settings.hiddenRows / side, 0)} hidden`}
                    />
                    <figcaption>given</figcaption>
                  </figure>
                </>
              )}
              {painting?.samples.map((sample, i) => (
                <figure key={i}>
                  <Picture pixels={sample} known={painting.known} label={`sample ${i + 1}`} fact="sample" />
                  <figcaption>sample {i + 1}</figcaption>
                </figure>
              ))}
            </div>
            {isPrepared && <PreparedNote then="your own machine paints anew as soon as the model is here." />}
            <dl class="facts">
              <Fact name="painted" label="Pixels drawn" value={whole(written)} />
              <Fact
                name="pace"
                label="A pixel of every sample takes"
                value={
                  painting && written > 0
                    ? milliseconds(painting.milliseconds / (written / painting.samples.length))
                    : "–"
                }
              />
            </dl>
          </div>
        </div>
      </div>
      <TryThese chapter={id} trials={trials} />
      <Words />
    </>
  );
}
