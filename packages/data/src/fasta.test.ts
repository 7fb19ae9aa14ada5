import * as fc from "fast-check";
import { expect, it } from "vitest";

import { genomeText, parseFasta } from "./fasta";

const bytes = (text: string) => new TextEncoder().encode(text);

it("reads records, line ends, masked and ambiguous bases", () => {
  expect(genomeText(parseFasta(bytes(">one ACGT\nACGTU\r\nacgtn\n>two\nRYK-\n\n"), "g.fa"))).toBe(
    ">ACGTTACGTN>NNNN",
  );
});

it("keeps every base in order, wherever lines are broken", () => {
  const record = fc.array(fc.stringMatching(/^[ACGTN]{1,20}$/), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 4 }), (records) => {
      const text = records.map((lines, i) => `>record ${i}\n${lines.join("\n")}\n`).join("");
      const expected = records.map((lines) => `>${lines.join("")}`).join("");
      expect(genomeText(parseFasta(bytes(text), "g.fa"))).toBe(expected);
    }),
  );
});
