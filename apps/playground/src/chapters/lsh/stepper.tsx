/** The four stages as buttons, and one that plays them. */
import { useEffect, useState } from "preact/hooks";

const stages = ["Hash", "Sort", "Chunk", "Attend"];
const stageMilliseconds = 1400;

export function Stepper({ stage, onChange }: { stage: number; onChange: (stage: number) => void }) {
  const [isPlaying, setPlaying] = useState(false);
  useEffect(() => {
    if (!isPlaying) return undefined;
    if (stage >= stages.length) {
      setPlaying(false);
      return undefined;
    }
    const timer = setTimeout(() => onChange(stage + 1), stageMilliseconds);
    return () => clearTimeout(timer);
  }, [isPlaying, stage, onChange]);
  const play = () => {
    if (!isPlaying && stage >= stages.length) onChange(1);
    setPlaying(!isPlaying);
  };
  return (
    <div class="stepper" role="group" aria-label="Stages of the figure">
      <button type="button" class="play" onClick={play}>
        {isPlaying ? "❚❚ Pause" : "▶ Play"}
      </button>
      {stages.map((name, index) => (
        <button
          key={name}
          type="button"
          aria-pressed={stage >= index + 1}
          aria-current={stage === index + 1 ? "step" : undefined}
          onClick={() => {
            setPlaying(false);
            onChange(index + 1);
          }}
        >
          <span aria-hidden="true">{index + 1}</span> {name}
        </button>
      ))}
    </div>
  );
}
