/** The config's keys as options of a command: one by one in the help, all together as a layer. */
import type { Command } from "commander";
import { Option } from "commander";
import { type Flag, flagsOf, readFlag, showValue } from "./flags";
import type { Layer, NamedLayer } from "./layer";
import { sectionNames } from "./schema";

/** In a box, because commander takes a bare null for a parser's failure. */
interface Given {
  value: unknown;
}

export function addConfigFlags(command: Command): void {
  for (const section of sectionNames) {
    for (const flag of flagsOf([section])) {
      const help = `${flag.help} (default: ${showValue(flag.fallback)})`;
      const option = new Option(`${flag.flag} <value>`, help).argParser((text: string): Given => ({
        value: readFlag(flag, text),
      }));
      command.addOption(option.helpGroup(`Config, ${section}:`));
    }
  }
}

/** What was given on the command line; nothing is checked yet. */
export function readConfigFlags(command: Command): NamedLayer {
  const values: Layer = {};
  for (const flag of flagsOf()) {
    const name = attributeName(flag);
    if (command.getOptionValueSource(name) === "cli") {
      values[flag.section] = {
        ...values[flag.section],
        [flag.key]: (command.getOptionValue(name) as Given).value,
      };
    }
  }
  return { file: null, values };
}

/** Under which name commander keeps a flag's value. */
const attributeName = ({ flag }: Flag) => new Option(`${flag} <value>`).attributeName();
