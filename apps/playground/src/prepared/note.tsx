/** Says of numbers that the build computed them, until the visitor's own machine has. */
export interface PreparedNoteProps {
  /** Computed with settings other than those that are shown. */
  isOther?: boolean;
  /** What follows, when it does not come by itself. */
  then?: string;
}

export function PreparedNote({ isOther = false, then }: PreparedNoteProps) {
  return (
    <p class="measured" data-fact="prepared">
      Prepared with the page{isOther ? ", for its first settings" : ""};{" "}
      {then ?? "your own machine is about to compute it anew."}
    </p>
  );
}
