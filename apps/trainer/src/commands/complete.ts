/** `reformer complete`: the upper part of an image goes in, the whole image comes out. */
import { sliceOf } from "@reformer-ts/data";
import { encodePng, imageOf } from "@reformer-ts/data/images";
import { openImages } from "@reformer-ts/data/node";
import { InputError } from "@reformer-ts/internal-checks";
import { Command } from "commander";
import { basename, join } from "node:path";
import type { Source } from "../checkpoints/open-source";
import { completeRecords } from "../complete-images";
import type { RunConfig } from "../config/schema";
import { writeFileAtomically } from "../run/atomic";
import { makeFolder } from "../run/folder";
import { completionSheet, imageSizeOf, imageTokens, openImageTask } from "../tasks/images";
import { dim, type Terminal } from "../terminal";
import { openModel } from "./model-of";
import { backendOption, checkpointHelp, numberFlag } from "./shared";

interface Flags {
  checkpoint?: string;
  count: number;
  keep: number;
  out: string;
  temperature: number;
  topP: number;
  seed: number;
  backend: string;
  json?: true;
}

export function completeCommand(terminal: Terminal): Command {
  return new Command("complete")
    .summary("let a checkpoint finish images")
    .description(
      "Gives the model the upper part of each image and lets it paint the rest, byte by byte. Writes every completed image as PNG, and a sheet with a row for each: original, what was given, completion. Their paths go to stdout.",
    )
    .argument("[images...]", "PNG or JPEG files, or folders of them (default: images that the run held out)")
    .option("--checkpoint <folder>", checkpointHelp)
    .option("--count <n>", "images at most", numberFlag("--count", { least: 1, most: 256, whole: true }), 4)
    .option(
      "--keep <share>",
      "share of each image that is given",
      numberFlag("--keep", { least: 0, most: 1 }),
      0.5,
    )
    .option("--out <folder>", "where the PNG files go", "completed")
    .option(
      "--temperature <t>",
      "below 1 more careful, above 1 wilder; 0 always takes the likeliest",
      numberFlag("--temperature", { least: 0, most: 100 }),
      1,
    )
    .option(
      "--top-p <p>",
      "draw among the likeliest values that together have this probability",
      numberFlag("--top-p", { least: 0, most: 1 }),
      1,
    )
    .option(
      "--seed <n>",
      "the same seed paints the same images",
      numberFlag("--seed", { least: 0, whole: true }),
      1,
    )
    .option("--json", "the paths and the speed as JSON")
    .addOption(backendOption())
    .addHelpText("after", examples)
    .action(async (paths: string[], flags: Flags) => {
      const { model, checkpoint, dispose } = await openModel(terminal, flags.checkpoint, flags);
      try {
        const data = requireImages(checkpoint);
        const [size, length] = [imageSizeOf(data), imageTokens(data)];
        const { originals, names } = originalsOf(paths, data, flags.count);
        // Whole rows: what is given ends where a row ends.
        const given = Math.round(flags.keep * size.height) * size.width * size.channels;
        const fragments = originals.map((image) => image.subarray(0, given));
        const started = performance.now();
        const completed = await completeRecords(model, fragments, {
          length,
          vocabSize: 256,
          temperature: flags.temperature,
          topP: flags.topP,
          seed: flags.seed,
          onProgress: told(terminal),
        });
        const seconds = (performance.now() - started) / 1000;
        makeFolder(flags.out);
        const write = (name: string, png: Uint8Array) => {
          const path = join(flags.out, name);
          writeFileAtomically(path, png);
          return path;
        };
        const images = completed.map((tokens, i) =>
          write(`${names[i]}.png`, encodePng(imageOf(tokens, size))),
        );
        const sheet = write("sheet.png", encodePng(completionSheet(size, originals, fragments, completed)));
        terminal.out(
          flags.json
            ? `${JSON.stringify({ checkpoint: checkpoint.path, images, sheet, tokens: (length - given) * images.length, seconds })}\n`
            : [...images, sheet, ""].join("\n"),
        );
      } finally {
        dispose();
      }
    });
}

/** @throws InputError when the model was not trained on images here */
function requireImages({ path, state }: Source): RunConfig["data"] {
  if (state?.data.task === "images") return state.data;
  throw new InputError({
    field: "checkpoint",
    given: `${path}, ${state === null ? "which says nothing of images" : `trained on ${state.data.task}`}`,
    allowed: "one that was trained on images; `reformer generate` goes on with a text",
  });
}

/** Images brought to the size that the model knows, and a file's name for each. */
function originalsOf(paths: readonly string[], data: RunConfig["data"], count: number) {
  const length = imageTokens(data);
  if (paths.length === 0) {
    const task = openImageTask(data);
    try {
      const examples = task.heldOut({ length, limit: count * length });
      const originals = Array.from({ length: examples.count }, (_, i) => examples.example(i).targets);
      return { originals, names: originals.map((_, i) => `held-out-${i + 1}`) };
    } finally {
      task.close();
    }
  }
  const opened = paths.map((path) => openImages(path, imageSizeOf(data)));
  const all = opened.flatMap(({ source, names }) =>
    names.map((name, i) => ({
      name,
      read: () => sliceOf(source, i * length, (i + 1) * length).read(0, length),
    })),
  );
  const chosen = all.slice(0, count);
  return {
    originals: chosen.map(({ read }) => read()),
    // Two folders may hold a file of the same name.
    names: chosen.map(({ name }, i) => `${i + 1}-${basename(name).replace(/\.[^.]*$/, "")}`),
  };
}

/** A line in its place on a terminal; elsewhere, a line now and then. */
function told(terminal: Terminal): (done: number, total: number) => void {
  const every = (total: number) => Math.ceil(total / (terminal.interactive ? 100 : 4));
  return (done, total) => {
    if (done % every(total) !== 0 && done !== total) return;
    const text = dim(
      terminal,
      `${done.toLocaleString("en")} of ${total.toLocaleString("en")} bytes of each image`,
    );
    terminal.err(
      terminal.interactive && done < total ? `\r${text}` : `${terminal.interactive ? "\r" : ""}${text}\n`,
    );
  };
}

const examples = `
Examples:
  reformer complete                                  images that the newest run held out
  reformer complete --checkpoint runs/images-small --count 8 --keep 0.25
  reformer complete photo.jpg --out painted --temperature 0.9 --seed 7
`;
