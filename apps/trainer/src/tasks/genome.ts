/** Genomes: one sequence of bases, measured in bits per base beside what counting alone foretells. */
import {
  genomeAlphabet,
  genomeTokenizer,
  markovBits,
  parseFasta,
  tokensOf,
  type TokenSource,
} from "@reformer-ts/data";
import { readBytes } from "@reformer-ts/data/node";
import type { RunConfig } from "../config/schema";
import { corpusFiles } from "./corpus-files";
import { fingerprint } from "./fingerprint";
import { requireOnePart, splitSource } from "./held-out-part";
import type { Measured, Remark, Task } from "./task";
import { measuredWindows, windowTask } from "./windows";

/** @throws InputError when the file is missing or no FASTA, or is too short to hold something out */
export function openGenomeTask(data: RunConfig["data"]): Task {
  const { path, heldOut: other } = corpusFiles(data, "genome");
  const bases = readGenome(path);
  if (other !== null) requireOnePart(data);
  const { train, heldOut } =
    other === null
      ? splitSource(tokensOf(bases), data)
      : { train: tokensOf(bases), heldOut: tokensOf(readGenome(other)) };
  let remarks: Remark[] | undefined;
  return windowTask({
    train,
    heldOut,
    tokenizer: genomeTokenizer(),
    unit: "base",
    unitsPerToken: 1,
    fingerprint: fingerprint(tokensOf(bases)),
    description: `${integer(train.length + heldOut.length)} bases, ${integer(heldOut.length)} of them held out`,
    remarks: () => (remarks ??= [baseline(train, heldOut)]),
    close: () => {},
  });
}

/** @throws InputError when the file is missing or no FASTA */
export function measuredGenome(path: string): Measured {
  const source = tokensOf(readGenome(path));
  return measuredWindows({ source, unit: "base", unitsPerToken: 1, close: () => {} });
}

const readGenome = (path: string) => parseFasta(readBytes(path), path);

/** Contexts as long as the genome can fill, about; ten bases for a bacterium. */
function baseline(train: TokenSource, heldOut: TokenSource): Remark {
  const order = Math.min(10, Math.max(1, Math.floor(Math.log(train.length) / Math.log(4)) - 1));
  const value = markovBits(train, heldOut, { order, vocabSize: genomeAlphabet.length });
  return {
    name: "markovBits",
    label: `a Markov model of order ${order} on the same, bits per base`,
    value,
    text: value.toFixed(2),
  };
}

const integer = (value: number) => value.toLocaleString("en");
