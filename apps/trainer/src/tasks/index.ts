/** The tasks that there are, by the name that a config gives them. */
import type { Tokenizer } from "@reformer-ts/data";
import type { Layer } from "../config/resolve";
import type { RunConfig } from "../config/schema";
import { imageDefaults, imageTokens, openImageTask } from "./images";
import type { Task } from "./task";
import { openText } from "./text";

export type { Sample, Task } from "./task";

interface TaskKind {
  /** What the model and its training are where neither file nor flag says. */
  defaults(data: RunConfig["data"]): Layer;
  /** Tokens of an example, where they are not a matter of choice. */
  length(data: RunConfig["data"]): number | null;
  /** @param tokenizer of the weights that there are already */
  open(data: RunConfig["data"], tokenizer?: Tokenizer): Task;
}

export const tasks: Record<RunConfig["data"]["task"], TaskKind> = {
  text: {
    defaults: () => ({}),
    length: () => null,
    open: openText,
  },
  images: {
    defaults: imageDefaults,
    length: imageTokens,
    open: openImageTask,
  },
};

/** @throws InputError when the data are missing, damaged or too few */
export function openTask(data: RunConfig["data"], tokenizer?: Tokenizer): Task {
  return tasks[data.task].open(data, tokenizer);
}
