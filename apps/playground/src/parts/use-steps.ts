/** A figure that is gone through step by step: by itself once it is played, and again from the beginning at its end. */
import { useEffect, useState } from "preact/hooks";

export interface StepsOptions {
  step: number;
  /** Where playing starts over, and where it ends. */
  first: number;
  last: number;
  /** Milliseconds that a step stays. */
  pause: number;
  onChange: (step: number) => void;
}

export function useSteps({ step, first, last, pause, onChange }: StepsOptions) {
  const [isPlaying, setPlaying] = useState(false);
  useEffect(() => {
    if (!isPlaying) return undefined;
    if (step >= last) {
      setPlaying(false);
      return undefined;
    }
    const timer = setTimeout(() => onChange(step + 1), pause);
    return () => clearTimeout(timer);
  }, [isPlaying, step, last, onChange]);
  const toggle = () => {
    if (!isPlaying && step >= last) onChange(first);
    setPlaying(!isPlaying);
  };
  return { isPlaying, toggle, hold: () => setPlaying(false) };
}
