/**
 * Project Gutenberg's books without what Project Gutenberg adds: a model should learn the author, not the licence. The
 * text itself is free where its copyright has ended; the name and the licence text are the project's own.
 */

import { unixLines } from "./text";

const start = /^\*\*\* ?START OF (?:THE|THIS) PROJECT GUTENBERG EBOOK.*\*\*\*$/im;
const end = /^(?:\*\*\* ?END OF (?:THE|THIS) PROJECT GUTENBERG EBOOK|End of (?:the )?Project Gutenberg).*$/im;
/** The paragraph before the title that thanks who typed the book. */
const credits = /^(?:produced by|e-?text prepared by|transcribed by)[^\n]*(?:\n[^\n]+)*\n\s*/i;

/** What stands between the markers, with Unix line ends; a text without markers as it is. */
export function stripGutenberg(text: string): string {
  const lines = unixLines(text);
  const from = start.exec(lines);
  const body = from === null ? lines : lines.slice(from.index + from[0].length);
  const to = end.exec(body);
  if (from === null && to === null) return lines;
  return (to === null ? body : body.slice(0, to.index)).trim().replace(credits, "");
}
