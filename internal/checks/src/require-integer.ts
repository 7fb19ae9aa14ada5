import { InputError } from "./input-error";

/** @throws InputError unless `value` is an integer of at least `least` */
export function requireInteger(field: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least) {
    throw new InputError({ field, given: `${value}`, allowed: `an integer of at least ${least}` });
  }
}
