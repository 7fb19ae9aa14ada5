/** One number that the page states, by a name that tests read it by. */
export function Fact({ name, label, value }: { name: string; label: string; value: string }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd data-fact={name}>{value}</dd>
    </div>
  );
}
