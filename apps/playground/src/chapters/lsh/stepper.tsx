/** The four stages as buttons, and one that plays them. */
import { PlayButton } from "../../parts/play-button";
import { useSteps } from "../../parts/use-steps";

const stages = ["Hash", "Sort", "Chunk", "Attend"];
const stageMilliseconds = 1400;

export function Stepper({ stage, onChange }: { stage: number; onChange: (stage: number) => void }) {
  const { isPlaying, toggle, hold } = useSteps({
    step: stage,
    first: 1,
    last: stages.length,
    pause: stageMilliseconds,
    onChange,
  });
  return (
    <div class="stepper" role="group" aria-label="Stages of the figure">
      <PlayButton isPlaying={isPlaying} onToggle={toggle} />
      {stages.map((name, index) => (
        <button
          key={name}
          type="button"
          aria-pressed={stage >= index + 1}
          aria-current={stage === index + 1 ? "step" : undefined}
          onClick={() => {
            hold();
            onChange(index + 1);
          }}
        >
          <span aria-hidden="true">{index + 1}</span> {name}
        </button>
      ))}
    </div>
  );
}
