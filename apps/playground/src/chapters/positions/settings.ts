/** What can be set here: a grid in powers of two, a width, and how it is shared between rows and columns. */
import { integer, type StateOf } from "../../state/fields";
import type { AxialShape } from "./arithmetic";

export const fields = {
  rowPower: integer(9, { min: 1, max: 11 }),
  columnPower: integer(10, { min: 1, max: 11 }),
  dModel: integer(256, { min: 64, max: 1024, step: 64 }),
  /** In sixteenths of dModel. */
  rowShare: integer(4, { min: 1, max: 15 }),
  position: integer(123_456, { min: 0, max: 2 ** 22 - 1 }),
};

export type Settings = StateOf<typeof fields>;

export function settle(settings: Settings): Settings {
  const length = 2 ** (settings.rowPower + settings.columnPower);
  return { ...settings, position: Math.min(settings.position, length - 1) };
}

export function shapeOf({ rowPower, columnPower, dModel, rowShare }: Settings): AxialShape {
  return { rows: 2 ** rowPower, columns: 2 ** columnPower, dModel, rowDims: (dModel * rowShare) / 16 };
}
