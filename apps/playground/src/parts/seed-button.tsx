/** Another draw: the next seed, which the link holds. */
import { nextSeed } from "../state/fields";

export function SeedButton({ seed, onChange }: { seed: number; onChange: (seed: number) => void }) {
  return (
    <button type="button" onClick={() => onChange(nextSeed(seed))}>
      Another seed (now {seed})
    </button>
  );
}
