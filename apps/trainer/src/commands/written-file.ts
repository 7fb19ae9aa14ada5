/** What a model wrote, as a file that other programs open. */
import type { Tokenizer } from "@reformer-ts/data";
import { writeNpyTokens } from "@reformer-ts/data/node";
import { InputError } from "@reformer-ts/internal-checks";
import { writeFileAtomically } from "../run/atomic";
import { midiOf } from "../tasks/music";

type Writer = (tokens: readonly number[], tokenizer: Tokenizer) => void;

/**
 * @param task what the model has learned
 * @throws InputError when no such file can be made of it: before anything is written
 */
export function writerFor(path: string, task: string): Writer {
  if (path.endsWith(".npy"))
    return (tokens, { vocabSize }) => void writeNpyTokens(path, [tokens], { vocabSize });
  if (path.endsWith(".txt"))
    return (tokens, tokenizer) => writeFileAtomically(path, tokenizer.decode(tokens));
  if (path.endsWith(".mid") && task === "music") return (tokens) => writeFileAtomically(path, midiOf(tokens));
  if (/\.(fa|fasta)$/.test(path) && task === "genome")
    return (tokens, tokenizer) => writeFileAtomically(path, `${tokenizer.decode(tokens)}\n`);
  throw new InputError({
    field: "--out",
    given: path,
    allowed: `a file ending in .txt or .npy${{ music: " or .mid", genome: " or .fa" }[task] ?? ""}`,
  });
}
