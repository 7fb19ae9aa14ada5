/** What a layer does to its rows beside products, in plain numbers. */
import { gates, type Activation, type GatedActivation, type PlainActivation } from "../../config";

/** LayerNorm of rows that are `scale` wide, as a function. */
export function rowNorm(scale: Float32Array, bias: Float32Array, epsilon: number) {
  const width = scale.length;
  return (x: Float32Array): Float32Array => {
    const y = new Float32Array(x.length);
    for (let start = 0; start < x.length; start += width) {
      let sum = 0;
      for (let i = 0; i < width; i++) sum += x[start + i]!;
      const mean = sum / width;
      let squares = 0;
      for (let i = 0; i < width; i++) squares += (x[start + i]! - mean) ** 2;
      const inverse = 1 / Math.sqrt(squares / width + epsilon);
      for (let i = 0; i < width; i++) y[start + i] = (x[start + i]! - mean) * inverse * scale[i]! + bias[i]!;
    }
    return y;
  };
}

/** @param hidden `[rows, expandedWidth]`; returns `[rows, dFF]` */
export function activateRows(activation: Activation, hidden: Float32Array, dFF: number): Float32Array {
  if (!Object.hasOwn(gates, activation)) return hidden.map(activate[activation as PlainActivation]);
  const through = activate[gates[activation as GatedActivation]];
  const activated = new Float32Array(hidden.length / 2);
  for (let i = 0; i < activated.length; i++) {
    const gate = Math.floor(i / dFF) * 2 * dFF + (i % dFF);
    activated[i] = through(hidden[gate]!) * hidden[gate + dFF]!;
  }
  return activated;
}

/** Adds `terms` to `sums`, number by number. */
export function addTo(sums: Float32Array, terms: Float32Array): void {
  for (let i = 0; i < sums.length; i++) sums[i]! += terms[i]!;
}

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const root = Math.sqrt(2 / Math.PI);

const activate: Record<PlainActivation, (x: number) => number> = {
  relu: (x) => Math.max(x, 0),
  leaky_relu: (x) => (x > 0 ? x : 0.01 * x),
  sigmoid,
  tanh: Math.tanh,
  silu: (x) => x * sigmoid(x),
  gelu: (x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2)),
  gelu_new: (x) => 0.5 * x * (1 + Math.tanh(root * (x + 0.044715 * x ** 3))),
};

/** To 1.5e-7 (Abramowitz and Stegun 7.1.26). */
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const series =
    ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t;
  return Math.sign(x) * (1 - series * Math.exp(-x * x));
}
