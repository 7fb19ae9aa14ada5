/**
 * Dense layers for a few rows, on the host. One token asks too little of a backend to be worth its calls, and on a GPU
 * nothing to be worth reading back.
 */

/** `y = x W + b` with `W` `[inputs, outputs]`. */
export interface Dense {
  readonly outputs: number;
  /**
   * @param x `[rows, inputs]`
   * @returns `[rows, outputs]`, the caller's to keep
   */
  apply(x: Float32Array, rows: number): Float32Array;
}

export interface DenseOptions {
  inputs: number;
  outputs: number;
  /** The weight is given as `[outputs, inputs]`. */
  transposed?: boolean;
  /** `[outputs]` */
  bias?: Float32Array | null;
}

export interface Products {
  /** Bytes of all weights. */
  readonly bytes: number;
  /** Copies `weight`, `[inputs, outputs]`. */
  dense(weight: Float32Array, options: DenseOptions): Dense;
}

/** Adds `bias` to every row of `y`. */
export function addBias(y: Float32Array, bias: Float32Array | null | undefined): void {
  if (!bias) return;
  for (let i = 0, j = 0; i < y.length; i++, j = j + 1 === bias.length ? 0 : j + 1) y[i]! += bias[j]!;
}

/** In plain numbers: slow, and obviously right. */
export function plainProducts(): Products {
  let bytes = 0;
  return {
    get bytes() {
      return bytes;
    },
    dense(given, { inputs, outputs, transposed = false, bias }) {
      const weight = transposed ? transpose(given, outputs, inputs) : given.slice();
      bytes += weight.byteLength;
      return {
        outputs,
        apply(x, rows) {
          const y = new Float32Array(rows * outputs);
          for (let row = 0; row < rows; row++) {
            const sums = y.subarray(row * outputs, (row + 1) * outputs);
            for (let i = 0; i < inputs; i++) {
              const factor = x[row * inputs + i]!;
              if (factor === 0) continue;
              for (let j = 0; j < outputs; j++) sums[j]! += factor * weight[i * outputs + j]!;
            }
          }
          addBias(y, bias);
          return y;
        },
      };
    },
  };
}

function transpose(values: Float32Array, rows: number, columns: number): Float32Array {
  return Float32Array.from(values, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)]!);
}
