/** How a token is drawn from what the model believes, as sliders have it and as samplers take it. */

export interface Sampling {
  /** In tenths. */
  temperature: number;
  /** In hundredths. */
  topP: number;
}

export function samplingOf({ temperature, topP }: Sampling): { temperature: number; topP: number } {
  return { temperature: temperature / 10, topP: topP / 100 };
}
