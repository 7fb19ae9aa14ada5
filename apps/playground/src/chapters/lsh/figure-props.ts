/** What the figure shows, and whom it tells where it is pointed at. */
import type { Theme } from "../../draw/palette";
import type { FigurePlace } from "./layout";
import type { Picture } from "./picture";

export interface FigureProps {
  picture: Picture;
  /** Counted from 0. */
  round: number;
  stage: number;
  theme: Theme;
  /** The query in focus. */
  query?: number;
  onPoint: (place: FigurePlace | undefined) => void;
  onPick: (position: number) => void;
}
