/** How much of a file has come; without an end where the host does not say how much there is. */
export interface DownloadBarProps {
  what: string;
  share: number | null;
}

export function DownloadBar({ what, share }: DownloadBarProps) {
  return (
    <label class="download">
      <span>{what}</span> <progress max={1} value={share ?? undefined} />
    </label>
  );
}
