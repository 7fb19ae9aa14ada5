/** The tensors of a golden case, each held against what its name promises. Formats are in tools/golden/README.md. */
import { InputError } from "@reformer-ts/internal-checks";
import { decodeSafetensors, type StoredTensor, type StoredType } from "../io/safetensors";

export interface CaseFile {
  /** `[batch, length]` */
  inputIds: StoredTensor;
  /** `[batch, length]`, 1 where the token is real */
  attentionMask: StoredTensor | null;
  /** One per layer that hashes, from the input up; empty where they are to be drawn. */
  rotations: StoredTensor[];
  /** `[batch]` classes, or `[batch, 2]` starts and ends, in one row after another; null for language models. */
  labels: Int32Array | null;
  logits: StoredTensor | null;
  loss: number | null;
  /** Of the training steps. */
  losses: Float32Array;
  /** By transformers' names. */
  gradients: Record<string, StoredTensor>;
}

const where = "case.safetensors";

/** @throws InputError when the file is damaged, or a tensor has not the type and shape that its name promises */
export function readCaseFile(file: Uint8Array): CaseFile {
  const { tensors } = decodeSafetensors(file, where);
  const take = (name: string, dtype: StoredType, axes?: number) => {
    const stored = tensors[name];
    if (stored === undefined) return null;
    if (stored.dtype === dtype && (axes === undefined || stored.shape.length === axes)) return stored;
    throw new InputError({
      field: `${where}: ${name}`,
      given: `${stored.dtype} of shape [${stored.shape.join(", ")}]`,
      allowed: `${dtype}${axes === undefined ? "" : ` with ${axes} axes`}`,
    });
  };
  const inputIds = take("input_ids", "I32", 2);
  if (inputIds === null)
    throw new InputError({
      field: `${where}: input_ids`,
      given: "missing",
      allowed: "there, [batch, length]",
    });
  const [batch = 0] = inputIds.shape;
  const rotations: StoredTensor[] = [];
  for (let rotation = take("rotations.0", "F32", 4); rotation !== null;) {
    rotations.push(rotation);
    rotation = take(`rotations.${rotations.length}`, "F32", 4);
  }
  const gradientNames = Object.keys(tensors).filter((name) => name.startsWith("grad."));
  return {
    inputIds,
    attentionMask: ofShape(take("attention_mask", "I32"), "attention_mask", inputIds.shape),
    rotations,
    labels: labelsOf(
      ofShape(take("labels", "I32"), "labels", [batch]),
      ofShape(take("start_positions", "I32"), "start_positions", [batch]),
      ofShape(take("end_positions", "I32"), "end_positions", [batch]),
    ),
    logits: take("logits", "F32"),
    loss: (take("loss", "F32")?.data[0] as number | undefined) ?? null,
    losses: (take("losses", "F32", 1)?.data ?? new Float32Array()) as Float32Array,
    gradients: Object.fromEntries(
      gradientNames.map((name) => [name.slice("grad.".length), take(name, "F32")!]),
    ),
  };
}

function ofShape(stored: StoredTensor | null, name: string, shape: readonly number[]): StoredTensor | null {
  if (stored === null || stored.shape.join() === shape.join()) return stored;
  throw new InputError({
    field: `${where}: ${name}`,
    given: `of shape [${stored.shape.join(", ")}]`,
    allowed: `[${shape.join(", ")}], as input_ids says`,
  });
}

function labelsOf(
  labels: StoredTensor | null,
  starts: StoredTensor | null,
  ends: StoredTensor | null,
): Int32Array | null {
  if (labels !== null) return labels.data as Int32Array;
  if (starts === null || ends === null) return null;
  return Int32Array.from({ length: 2 * starts.data.length }, (_, i) =>
    Number((i % 2 === 0 ? starts : ends).data[i >> 1]),
  );
}
