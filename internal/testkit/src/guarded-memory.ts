/**
 * Memory of tfjs-backend-wasm in which nothing goes unseen: for a while its allocations, tensors' and kernels' scratch
 * memory alike, come from one arena filled with a pattern, with a gap before and behind each. Who writes beside what it
 * was given changes the pattern; who reads there, or what it has not written, gets other results from another pattern.
 */
import * as tf from "@tensorflow/tfjs-core";

const arenaBytes = 1 << 22;
/** Rows beside a tensor's own are what a kernel that miscounts would touch. */
const gapBytes = 1 << 12;

interface WasmModule {
  asm: { memory: WebAssembly.Memory; malloc(bytes: number): number; free(address: number): void };
  _malloc(bytes: number): number;
  _free(address: number): void;
}

interface Block {
  address: number;
  bytes: number;
}

export interface GuardedMemory {
  /** Throws when anything but the blocks handed out so far differs from the pattern. */
  check(): void;
  /** Blocks handed out so far. */
  count(): number;
}

/** Runs `use` on guarded memory. Its tensors have to be disposed in it. */
export async function withGuardedMemory<T>(
  seed: number,
  use: (memory: GuardedMemory) => Promise<T>,
): Promise<T> {
  const { wasm } = tf.backend() as unknown as { wasm: WasmModule };
  const { asm, _malloc, _free } = wasm;
  const arena = asm.malloc(arenaBytes) >>> 0;
  const blocks: Block[] = [];
  let next = arena + gapBytes;
  const malloc = (bytes: number) => {
    if (next + bytes + gapBytes > arena + arenaBytes) throw new Error("the arena is too small for this case");
    blocks.push({ address: next, bytes });
    next += Math.ceil(bytes / 16) * 16 + gapBytes;
    return blocks.at(-1)!.address;
  };
  // What was allocated before goes back to where it came from.
  const free = (address: number) => {
    const isOurs = address >>> 0 >= arena && address >>> 0 < arena + arenaBytes;
    if (!isOurs) asm.free(address);
  };
  const words = () => new Uint32Array(asm.memory.buffer, arena, arenaBytes / 4);
  fill(words(), seed);
  Object.assign(wasm, { asm: { ...asm, malloc, free }, _malloc: malloc, _free: free });
  try {
    return await use({ check: () => checkGaps(words(), arena, blocks, seed), count: () => blocks.length });
  } finally {
    Object.assign(wasm, { asm, _malloc, _free });
    asm.free(arena);
  }
}

function checkGaps(words: Uint32Array, arena: number, blocks: readonly Block[], seed: number): void {
  const end = { address: arena + words.byteLength, bytes: 0 };
  let from = 0;
  for (const { address, bytes } of [...blocks, end]) {
    const to = (address - arena) / 4;
    for (let i = from; i < to; i++) {
      if (words[i] !== patternAt(seed, i))
        throw new Error(`byte ${4 * i} of the arena was changed, ${address - arena - 4 * i} before a block`);
    }
    from = to + Math.ceil(bytes / 4);
  }
}

function fill(words: Uint32Array, seed: number): void {
  for (let i = 0; i < words.length; i++) words[i] = patternAt(seed, i);
}

/** Numbers of every size, NaN among them. */
function patternAt(seed: number, i: number): number {
  const x = Math.imul(i + 1, 0x9e3779b1) ^ seed;
  return Math.imul(x ^ (x >>> 15), 0x2c1b3c6d) >>> 0;
}
