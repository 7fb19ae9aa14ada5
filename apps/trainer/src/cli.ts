/** The process: arguments in, an exit code out. */
import { main } from "./main";
import { processTerminal } from "./terminal";

// A reader such as `head` that has seen enough closes the pipe: end as quietly as other commands, with their code.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(141);
    throw error;
  });
}

// Set, not called: what was written to a pipe must still be read.
process.exitCode = await main(process.argv.slice(2), processTerminal());
