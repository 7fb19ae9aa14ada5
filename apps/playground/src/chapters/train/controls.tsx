import { Choice } from "../../parts/choice";
import { SeedButton } from "../../parts/seed-button";
import { Slider } from "../../parts/slider";
import type { Change } from "../../state/use-chapter-state";
import { fields, firstLength, type Settings } from "./settings";

export interface TrainControlsProps {
  settings: Settings;
  change: Change<Settings>;
  /** The sizes are those of a model that was dropped. */
  hasModel: boolean;
}

export function TrainControls({ settings, change, hasModel }: TrainControlsProps) {
  return (
    <div class="card sliders">
      <Choice
        legend="Task"
        value={settings.task}
        options={[
          { value: "copy", label: "Copy a word" },
          { value: "text", label: "Learn a text" },
        ]}
        onChange={(task) => change({ task, length: firstLength[task] })}
      />
      <Slider
        {...fields.length}
        label="Tokens of a sequence"
        name="length"
        value={settings.length}
        onChange={(length) => change({ length })}
      />
      {!hasModel && (
        <>
          <Slider
            {...fields.dModel}
            label="Width"
            name="dModel"
            value={settings.dModel}
            onChange={(dModel) => change({ dModel })}
          />
          <Slider
            {...fields.numHashes}
            label="Rounds of hashing"
            name="numHashes"
            value={settings.numHashes}
            onChange={(numHashes) => change({ numHashes })}
          />
        </>
      )}
      <Slider
        {...fields.rate}
        label="Learning rate"
        name="learningRate"
        value={settings.rate}
        shown={String(settings.rate / 1000)}
        onChange={(rate) => change({ rate })}
      />
      <SeedButton seed={settings.seed} onChange={(seed) => change({ seed })} />
    </div>
  );
}
