import { expect, it } from "vitest";

import { stripGutenberg } from "./gutenberg";

const book = "CHAPTER I\n\nIt was hot.\n*** a line of stars\n\nTHE END";

it.each([
  [
    `Header\r\n*** START OF THIS PROJECT GUTENBERG EBOOK HEAT ***\r\n\r\n${book}\r\n*** END OF THIS PROJECT GUTENBERG EBOOK HEAT ***\nLicence`,
  ],
  [
    `***START OF THE PROJECT GUTENBERG EBOOK HEAT***\n${book}\n\nEnd of the Project Gutenberg EBook of Heat\nLicence`,
  ],
  [
    `*** START OF THIS PROJECT GUTENBERG EBOOK HEAT ***\n\nProduced by A\nand B\n\n\n${book}\nEnd of Project Gutenberg's Heat, by A`,
  ],
])("keeps the book alone (%#)", (text) => {
  expect(stripGutenberg(text)).toBe(book);
});

it("leaves other texts as they are", () => {
  expect(stripGutenberg(`  ${book}\n`)).toBe(`  ${book}\n`);
});
