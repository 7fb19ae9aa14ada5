/** Where words go. Results go to `out`, which may be piped; everything said on the way goes to `err`. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Whether a person watches `err`: progress is drawn there, and lines are coloured. */
  readonly interactive: boolean;
}

export function processTerminal(): Terminal {
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    // A terminal without lines is a recorder's: what is drawn there is seen by nobody.
    interactive: process.stderr.isTTY === true && process.stderr.rows > 0 && process.env["TERM"] !== "dumb",
  };
}

/** Text that steps back, where colours are wanted. */
export function dim(terminal: Terminal, text: string): string {
  return terminal.interactive && !process.env.NO_COLOR ? `\u001b[2m${text}\u001b[22m` : text;
}
