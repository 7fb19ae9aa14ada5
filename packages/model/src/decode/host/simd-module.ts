/**
 * One WebAssembly function, assembled here so that no binary is stored: `product(x, weight, y, inputs, blocks, rows)`,
 * addresses in bytes. `x` is `[rows, inputs]`, `y` `[rows, blocks * 16]`, `weight` `[blocks, inputs, 16]`: sixteen columns
 * of the matrix are summed in four registers of four, while the weight is read once, from front to back, for all rows.
 *
 * Nothing is computed before it is asked for, so that a bundler can leave all of it out.
 */

const i32 = 0x7f;
const v128 = 0x7b;
const [x, weight, y, inputs, blocks, rows] = [0, 1, 2, 3, 4, 5];
const [row, xAt, yAt, weightAt, rowEnd, yStride] = [6, 7, 8, 9, 10, 11];
const factor = 12;
const sums = [13, 14, 15, 16];

/** Instructions one after another. */
const code = (...parts: (number | number[])[]): number[] => parts.flat();
const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const constant = (value: number) => [0x41, ...signed(value)];
const add = 0x6a;
const sub = 0x6b;
const times = 0x6c;
const below = 0x49;
const end = 0x0b;
const simd = 0xfd;
/** Hint: addresses are multiples of 4, and may be of no more. */
const aligned = 2;
const load = (offset: number) => [simd, 0x00, aligned, offset];
const store = (offset: number) => [simd, 0x0b, aligned, offset];
const loadSplat = [simd, 0x09, aligned, 0];
const zero = () => [simd, 0x0c, ...new Uint8Array(16)];
const floatsAdd = [simd, 0xe4, 0x01];
const floatsMul = [simd, 0xe6, 0x01];
const advance = (local: number, by: number[]) => code(get(local), by, add, set(local));
const loop = [0x03, 0x40];
const branchIf = [0x0d, 0];
/** Runs `body`, and again while `condition` is not 0. */
const repeatWhile = (condition: number[], body: number[]) => code(loop, body, condition, branchIf, end);

const oneInput = () =>
  code(
    code(get(xAt), loadSplat, set(factor)),
    sums.flatMap((sum, i) =>
      code(get(sum), get(factor), get(weightAt), load(16 * i), floatsMul, floatsAdd, set(sum)),
    ),
    advance(weightAt, constant(64)),
    advance(xAt, constant(4)),
  );

const oneRow = () =>
  code(
    code(get(weight), set(weightAt)),
    code(get(xAt), get(inputs), constant(4), times, add, set(rowEnd)),
    sums.flatMap((sum) => code(zero(), set(sum))),
    repeatWhile(code(get(xAt), get(rowEnd), below), oneInput()),
    sums.flatMap((sum, i) => code(get(yAt), get(sum), store(16 * i))),
    advance(yAt, get(yStride)),
    advance(row, constant(1)),
  );

const oneBlock = () =>
  code(
    code(constant(0), set(row), get(x), set(xAt), get(y), set(yAt)),
    repeatWhile(code(get(row), get(rows), below), oneRow()),
    code(get(weightAt), set(weight)),
    advance(y, constant(64)),
    code(get(blocks), constant(1), sub, set(blocks)),
  );

/** Locals beside the parameters: two kinds, six numbers and five vectors. */
const locals = [2, 6, i32, 5, v128];
const body = () =>
  code(
    locals,
    code(get(blocks), constant(64), times, set(yStride)),
    repeatWhile(get(blocks), oneBlock()),
    end,
  );

const section = (id: number, ...content: (number | number[])[]) => {
  const bytes = code(...content);
  return [id, ...unsigned(bytes.length), ...bytes];
};
const name = (text: string) => [text.length, ...new TextEncoder().encode(text)];

/** The module: imports `env.memory`, exports `product`. */
export function simdModule(): Uint8Array<ArrayBuffer> {
  const program = body();
  return Uint8Array.from(
    code(
      code(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0),
      section(1, 1, 0x60, 6, i32, i32, i32, i32, i32, i32, 0),
      section(2, 1, name("env"), name("memory"), 2, 0, 0),
      section(3, 1, 0),
      section(7, 1, name("product"), 0, 0),
      section(10, 1, unsigned(program.length), program),
    ),
  );
}

/** LEB128, seven bits a byte. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  return value < 64 ? [value] : [(value & 127) | 128, ...signed(value >> 7)];
}
