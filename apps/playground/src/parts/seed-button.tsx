/** Another draw: the next seed, which the link holds. */
const seeds = 0xffffffff;

export function SeedButton({ seed, onChange }: { seed: number; onChange: (seed: number) => void }) {
  return (
    <button type="button" onClick={() => onChange((seed + 1) % seeds)}>
      Another seed (now {seed})
    </button>
  );
}
