/** A slider with its name, its value and one sentence on what it does. */
import { useId } from "preact/hooks";
import type { Range } from "../state/fields";

export interface SliderProps extends Range {
  label: string;
  /** The name that the code uses. */
  name?: string;
  value: number;
  help?: string;
  /** How the value is shown and read out; the number itself when absent. */
  shown?: string;
  onChange: (value: number) => void;
}

export function Slider({ label, name, value, help, shown, min, max, step = 1, onChange }: SliderProps) {
  const id = useId();
  return (
    <div class="slider">
      <label for={id}>
        <span class="slider-label">{label}</span>
        {name && <code>{name}</code>}
      </label>
      <output for={id}>{shown ?? value}</output>
      <input
        id={id}
        type="range"
        {...{ min, max, step, value }}
        aria-describedby={help && `${id}-help`}
        aria-valuetext={shown}
        onInput={(event) => onChange(Number(event.currentTarget.value))}
      />
      {help && (
        <p class="help" id={`${id}-help`}>
          {help}
        </p>
      )}
    </div>
  );
}

export interface SwitchProps {
  label: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

export function Switch({ label, checked, onChange }: SwitchProps) {
  return (
    <label class="switch">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  );
}
