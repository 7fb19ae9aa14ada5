import { bytes, percent, whole } from "../../draw/format";
import { SamplingSliders } from "../../parts/sampling-sliders";
import { SeedButton } from "../../parts/seed-button";
import { Slider } from "../../parts/slider";
import type { Change } from "../../state/use-chapter-state";
import { fields, readingBytes, type Settings } from "./settings";

export interface NovelControlsProps {
  settings: Settings;
  change: Change<Settings>;
  /** Bytes that reading would cover; undefined before the book is there. */
  windowBytes?: number;
}

export function NovelControls({ settings, change, windowBytes }: NovelControlsProps) {
  const { place, window, temperature, topK, topP, maxTokens, seed } = settings;
  return (
    <div class="card sliders">
      <Slider
        {...fields.place}
        label="Place in the book"
        value={place}
        shown={percent(place / 1000)}
        onChange={(value) => change({ place: value })}
      />
      <Slider
        {...fields.window}
        label="Tokens in the window"
        value={window}
        shown={whole(windowBytes ?? 2 ** window)}
        help={
          window > 16 && windowBytes
            ? `Takes minutes, and about ${bytes(windowBytes * readingBytes)} of memory with the page’s own model.`
            : undefined
        }
        onChange={(value) => change({ window: value })}
      />
      <SamplingSliders {...{ temperature, topP, fields, change }} />
      <Slider
        {...fields.topK}
        label="Likeliest tokens"
        name="topK"
        value={topK}
        shown={topK === 0 ? "all" : undefined}
        onChange={(value) => change({ topK: value })}
      />
      <Slider
        {...fields.maxTokens}
        label="Tokens to write"
        name="maxTokens"
        value={maxTokens}
        onChange={(value) => change({ maxTokens: value })}
      />
      <SeedButton seed={seed} onChange={(value) => change({ seed: value })} />
    </div>
  );
}
