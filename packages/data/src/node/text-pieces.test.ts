import * as fc from "fast-check";
import { expect, it } from "vitest";

import { temporaryFolder } from "../../test/temporary-folder";
import { readText } from "./read-text";
import { textPieces } from "./text-pieces";

const { write } = temporaryFolder();

it("gives pieces that end with lines and are the text when joined", () => {
  const line = fc.stringMatching(/^[a-zé€😀]{0,7}\n$/u);
  fc.assert(
    fc.property(
      fc.array(line, { minLength: 1 }),
      fc.constantFrom("", "no line end", "\uFEFF"),
      (lines, end) => {
        const path = write("text", lines.join("") + end);
        const pieces = Array.from(textPieces(path, { pieceBytes: 40 }));
        expect(pieces.join("")).toBe(readText(path));
        for (const piece of pieces.slice(0, -1)) expect(piece.endsWith("\n")).toBe(true);
      },
    ),
  );
});

it("cuts a line that is too long after a character", () => {
  const text = "€".repeat(50);
  expect(Array.from(textPieces(write("long", text), { pieceBytes: 10 })).join("")).toBe(text);
});
