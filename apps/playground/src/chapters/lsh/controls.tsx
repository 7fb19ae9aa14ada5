/** Everything that can be set, in the words of the code. */
import { Choice } from "../../parts/choice";
import { Slider, Switch } from "../../parts/slider";
import { nextSeed } from "../../state/fields";
import type { Change } from "../../state/use-chapter-state";
import { fields, maxLength, numPoints, novelLine, type Settings, usedChunkLength } from "./settings";
import { spriteColour, spriteLetters, spriteSide } from "./sprite";
import { clusteredAngles, evenAngles, randomAngles } from "./vectors";

interface ControlsProps {
  settings: Settings;
  change: Change<Settings>;
}

const sampleTexts = [
  { name: "a line of a novel", text: novelLine },
  { name: "a refrain", text: "row, row, row your boat, gently down the stream" },
  { name: "code", text: "for (let i = 0; i < n; i++) sum += list[i]; return sum / n;" },
];

export function SourceControls({ settings, change }: ControlsProps) {
  return (
    <div class="card source-controls">
      <Choice
        legend="Sequence"
        value={settings.source}
        options={[
          { value: "text", label: "Text" },
          { value: "image", label: "Pixels" },
          { value: "circle", label: "Points on a circle" },
        ]}
        onChange={(source) => change({ source, query: 0, key: 0 })}
      />
      {settings.source === "text" && <TextControls {...{ settings, change }} />}
      {settings.source === "image" && <Sprite />}
      {settings.source === "circle" && <CircleControls {...{ settings, change }} />}
    </div>
  );
}

function Sprite() {
  return (
    <>
      <p class="help">
        Row by row, a pixel is the vector of its colour: b blue, R red, Y yellow, g green, each a little
        uneven.
      </p>
      <svg
        class="sprite"
        viewBox={`0 0 ${spriteSide} ${spriteSide}`}
        role="img"
        aria-label="A red heart with a yellow core, on blue above and green below"
      >
        {spriteLetters.map((letter, i) => (
          <rect
            key={i}
            x={i % spriteSide}
            y={Math.floor(i / spriteSide)}
            width={1}
            height={1}
            fill={spriteColour(letter)}
          />
        ))}
      </svg>
    </>
  );
}

function TextControls({ settings, change }: ControlsProps) {
  return (
    <>
      <label class="text-input">
        <span>Your text, up to {maxLength} characters</span>
        <input
          type="text"
          maxLength={maxLength}
          spellcheck={false}
          autocomplete="off"
          value={settings.text}
          onInput={(event) => change({ text: event.currentTarget.value })}
        />
      </label>
      <div class="samples" role="group" aria-label="Or take">
        {sampleTexts.map(({ name, text }) => (
          <button
            key={name}
            type="button"
            aria-pressed={settings.text === text}
            onClick={() => change({ text })}
          >
            {name}
          </button>
        ))}
      </div>
    </>
  );
}

function CircleControls({ settings, change }: ControlsProps) {
  return (
    <>
      <p class="help">
        Drag a point around the circle. Arrow keys move the picked one, Page Up and Page Down pick another.
      </p>
      <div class="samples" role="group" aria-label="Place the points">
        <button type="button" onClick={() => change({ points: clusteredAngles(numPoints) })}>
          in clusters
        </button>
        <button type="button" onClick={() => change({ points: evenAngles(numPoints, settings.seed) })}>
          evenly
        </button>
        <button type="button" onClick={() => change({ points: randomAngles(numPoints, settings.seed) })}>
          at random
        </button>
      </div>
    </>
  );
}

export function HashControls({ settings, change }: ControlsProps) {
  const { numBuckets, numHashes, chunkLength, chunksBefore, sharpness } = fields;
  const used = usedChunkLength(settings);
  return (
    <div class="card sliders">
      <Slider
        {...numBuckets}
        label="Buckets"
        name="numBuckets"
        value={settings.numBuckets}
        onChange={(value) => change({ numBuckets: value })}
      />
      <Slider
        {...numHashes}
        label="Rounds of hashing"
        name="numHashes"
        value={settings.numHashes}
        onChange={(value) => change({ numHashes: value })}
      />
      <Slider
        {...chunkLength}
        label="Chunk length"
        name="chunkLength"
        value={settings.chunkLength}
        shown={used < settings.chunkLength ? `${used}, half the sequence` : undefined}
        onChange={(value) => change({ chunkLength: value })}
      />
      <Slider
        {...chunksBefore}
        label="Look back"
        name="chunksBefore"
        value={settings.chunksBefore}
        onChange={(value) => change({ chunksBefore: value })}
      />
      <Slider
        {...sharpness}
        label="Length of a query"
        name="|q|"
        value={settings.sharpness}
        onChange={(value) => change({ sharpness: value })}
      />
      <div class="switches">
        <Switch
          label="Causal: look back only"
          checked={settings.causal}
          onChange={(causal) => change({ causal })}
        />
        <Switch
          label="Only within the same bucket"
          checked={!settings.acrossBuckets}
          onChange={(within) => change({ acrossBuckets: !within })}
        />
        <Switch
          label="Count a key found twice once"
          checked={settings.duplicateCorrection}
          onChange={(duplicateCorrection) => change({ duplicateCorrection })}
        />
      </div>
      <div class="seed">
        <label>
          <span>Seed</span>
          <input
            type="number"
            min={fields.seed.min}
            max={fields.seed.max}
            value={settings.seed}
            onChange={(event) =>
              change({ seed: fields.seed.read(event.currentTarget.value) ?? settings.seed })
            }
          />
        </label>
        <button type="button" onClick={() => change({ seed: nextSeed(settings.seed) })}>
          Draw again
        </button>
      </div>
    </div>
  );
}
