/** Sliders for how a token is drawn: for writing and for painting alike. */
import type { Range } from "../state/fields";
import type { Sampling } from "./sampling";
import { Slider } from "./slider";

export interface SamplingSlidersProps extends Sampling {
  fields: { temperature: Range; topP: Range };
  change: (patch: Partial<Sampling>) => void;
}

export function SamplingSliders({ temperature, topP, fields, change }: SamplingSlidersProps) {
  return (
    <>
      <Slider
        {...fields.temperature}
        label="Temperature"
        name="temperature"
        value={temperature}
        shown={(temperature / 10).toFixed(1)}
        onChange={(value) => change({ temperature: value })}
      />
      <Slider
        {...fields.topP}
        label="Likeliest share"
        name="topP"
        value={topP}
        shown={(topP / 100).toFixed(2)}
        onChange={(value) => change({ topP: value })}
      />
    </>
  );
}
