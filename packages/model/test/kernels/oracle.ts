/** The layers that kernels take over, in plain loops over float64. Their gradients are checked against differences. */

/** `a[rows, inner] b[inner, columns]`, either operand given transposed. */
export function product(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  [rows, inner, columns]: readonly [number, number, number],
  { left = false, right = false }: { left?: boolean; right?: boolean } = {},
): Float64Array {
  const c = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < inner; k++) {
      const factor = a[left ? k * rows + i : i * inner + k]!;
      for (let j = 0; j < columns; j++) {
        c[i * columns + j]! += factor * b[right ? j * inner + k : k * columns + j]!;
      }
    }
  }
  return c;
}

export function columnSums(values: ArrayLike<number>, width: number): Float64Array {
  const sums = new Float64Array(width);
  for (let i = 0; i < values.length; i++) sums[i % width]! += values[i]!;
  return sums;
}

export interface Norm {
  scale: ArrayLike<number>;
  bias: ArrayLike<number>;
  epsilon: number;
}

/** Layer norm over rows as wide as scale, and its gradient. */
export function layerNorm(x: ArrayLike<number>, { scale, bias, epsilon }: Norm) {
  const width = scale.length;
  const rows = x.length / width;
  const unit = new Float64Array(x.length);
  const inverse = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const values = Array.from({ length: width }, (_, i) => x[row * width + i]!);
    const mean = values.reduce((sum, value) => sum + value, 0) / width;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / width;
    inverse[row] = 1 / Math.sqrt(variance + epsilon);
    for (let i = 0; i < width; i++) unit[row * width + i] = (values[i]! - mean) * inverse[row]!;
  }
  return {
    y: unit.map((value, i) => value * scale[i % width]! + bias[i % width]!),
    pull(dy: ArrayLike<number>) {
      const dx = new Float64Array(x.length);
      for (let row = 0; row < rows; row++) {
        const at = (i: number) => row * width + i;
        const g = Array.from({ length: width }, (_, i) => dy[at(i)]! * scale[i]!);
        const mean = g.reduce((sum, value) => sum + value, 0) / width;
        const along = g.reduce((sum, value, i) => sum + value * unit[at(i)]!, 0) / width;
        for (let i = 0; i < width; i++) dx[at(i)] = (g[i]! - mean - unit[at(i)]! * along) * inverse[row]!;
      }
      const dScale = columnSums(
        unit.map((value, i) => value * dy[i]!),
        width,
      );
      return { dx, dScale, dBias: columnSums(dy, width) };
    },
  };
}

export interface FeedForwardLayer extends Norm {
  x: ArrayLike<number>;
  expand: ArrayLike<number>;
  expandBias: ArrayLike<number>;
  contract: ArrayLike<number>;
  contractBias: ArrayLike<number>;
}

export function feedForward(layer: FeedForwardLayer) {
  const { x, expand, expandBias, contract, contractBias } = layer;
  const [dModel, dFF] = [contractBias.length, expandBias.length];
  const rows = x.length / dModel;
  const norm = layerNorm(x, layer);
  const activated = product(norm.y, expand, [rows, dModel, dFF]).map((value, i) =>
    Math.max(0, value + expandBias[i % dFF]!),
  );
  return {
    y: product(activated, contract, [rows, dFF, dModel]).map((value, i) => value + contractBias[i % dModel]!),
    activated,
    pull(dy: ArrayLike<number>) {
      const dHidden = product(dy, contract, [rows, dModel, dFF], { right: true }).map((value, i) =>
        activated[i]! > 0 ? value : 0,
      );
      const { dx, dScale, dBias } = norm.pull(product(dHidden, expand, [rows, dFF, dModel], { right: true }));
      return [
        dx,
        dScale,
        dBias,
        product(norm.y, dHidden, [dModel, rows, dFF], { left: true }),
        columnSums(dHidden, dFF),
        product(activated, dy, [dFF, rows, dModel], { left: true }),
        columnSums(dy, dModel),
      ];
    },
  };
}

export interface HeadSizes {
  batch: number;
  heads: number;
  length: number;
  depth: number;
}

/** `[batch · length, heads · depth]` to `[batch, heads, length, depth]`, and back. */
export function splitHeads(rows: ArrayLike<number>, sizes: HeadSizes): Float64Array {
  const split = new Float64Array(rows.length);
  forEachHeadNumber(sizes, (inRows, inHeads) => (split[inHeads] = rows[inRows]!));
  return split;
}

export function joinHeads(heads: ArrayLike<number>, sizes: HeadSizes): Float64Array {
  const joined = new Float64Array(heads.length);
  forEachHeadNumber(sizes, (inRows, inHeads) => (joined[inRows] = heads[inHeads]!));
  return joined;
}

function forEachHeadNumber(
  { batch, heads, length, depth }: HeadSizes,
  visit: (inRows: number, inHeads: number) => void,
): void {
  for (let example = 0; example < batch; example++) {
    for (let head = 0; head < heads; head++) {
      for (let position = 0; position < length; position++) {
        for (let d = 0; d < depth; d++) {
          visit(
            ((example * length + position) * heads + head) * depth + d,
            ((example * heads + head) * length + position) * depth + d,
          );
        }
      }
    }
  }
}

export interface TokenHeadLayer extends Norm {
  x1: ArrayLike<number>;
  x2: ArrayLike<number>;
  weight: ArrayLike<number>;
  targets: ArrayLike<number>;
}

/** Negative log-likelihood in nats, summed over targets, and its gradients times `share`. */
export function tokenHead(layer: TokenHeadLayer, share: number) {
  const { x1, x2, weight, targets, scale } = layer;
  const [width, rows] = [scale.length, targets.length];
  const [dModel, vocabSize] = [width / 2, weight.length / width];
  const both = Float64Array.from({ length: rows * width }, (_, i) => {
    const [row, column] = [Math.floor(i / width), i % width];
    return column < dModel ? x1[row * dModel + column]! : x2[row * dModel + column - dModel]!;
  });
  const norm = layerNorm(both, layer);
  const logits = product(norm.y, weight, [rows, width, vocabSize]);
  const dLogits = new Float64Array(logits.length);
  let nats = 0;
  for (let row = 0; row < rows; row++) {
    if (targets[row]! < 0) continue;
    const own = logits.subarray(row * vocabSize, (row + 1) * vocabSize);
    const largest = Math.max(...own);
    const sum = own.reduce((total, logit) => total + Math.exp(logit - largest), 0);
    nats += largest + Math.log(sum) - own[targets[row]!]!;
    for (const [token, logit] of own.entries()) {
      const share1 = Math.exp(logit - largest) / sum - (token === targets[row] ? 1 : 0);
      dLogits[row * vocabSize + token] = share1 * share;
    }
  }
  const { dx, dScale, dBias } = norm.pull(
    product(dLogits, weight, [rows, vocabSize, width], { right: true }),
  );
  return {
    nats,
    d1: dx.filter((_, i) => i % width < dModel),
    d2: dx.filter((_, i) => i % width >= dModel),
    dScale,
    dBias,
    dWeight: product(norm.y, dLogits, [width, rows, vocabSize], { left: true }),
  };
}
