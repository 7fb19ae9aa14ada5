/** Starts what moves by itself, and holds it. */
export interface PlayButtonProps {
  isPlaying: boolean;
  disabled?: boolean;
  onToggle: () => void;
}

export function PlayButton({ isPlaying, disabled, onToggle }: PlayButtonProps) {
  return (
    <button type="button" class="primary play" disabled={disabled} onClick={onToggle}>
      {isPlaying ? "❚❚ Pause" : "▶ Play"}
    </button>
  );
}
