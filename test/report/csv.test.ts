import fc from "fast-check";
import { expect, it } from "vitest";
import { toCsv } from "../../core/report/csv.ts";

/** RFC 4180, read by hand. */
function parse(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (let at = 0; at < text.length; ) {
    let cell = "";
    if (text[at] === '"') {
      for (at += 1; ; at += 1) {
        if (text[at] === '"' && text[at + 1] === '"') at += 1;
        else if (text[at] === '"') break;
        cell += text[at];
      }
      at += 1;
    } else for (; at < text.length && !/[,\r]/.test(text[at] as string); at += 1) cell += text[at];
    row.push(cell);
    if (text[at] === ",") at += 1;
    else {
      expect(text.slice(at, at + 2)).toBe("\r\n");
      at += 2;
      rows.push(row);
      row = [];
    }
  }
  return rows;
}

it("is read again as what was written, but for what is made harmless", () => {
  const plain = fc.string({ unit: fc.constantFrom("a", "1", ",", '"', "\n", " ", "é", "👀") });
  const row = fc.tuple(plain, plain, plain).map((cells) => [...cells]);
  fc.assert(
    fc.property(fc.array(row), (rows) => {
      expect(parse(toCsv(["x", "y", "z"], rows))).toEqual([["x", "y", "z"], ...rows]);
    }),
  );
});

it.each([
  ['=HYPERLINK("http://evil")', '\'=HYPERLINK("http://evil")'],
  ["+1", "'+1"],
  ["-1+2", "'-1+2"],
  ["@SUM(A1)", "'@SUM(A1)"],
  ["  =1", "'  =1"],
  ["\n=1", "'\n=1"],
  ["＝1", "'＝1"],
  ["\t=1", "\ufffd=1"],
  ["\r=1", "\ufffd=1"],
  ["a\u0000b\u001b[31m", "a\ufffdb\ufffd[31m"],
  ["a = b", "a = b"],
  ["", ""],
])("makes %j harmless", (text, expected) => {
  expect(parse(toCsv(["x"], [[text]]))[1]).toEqual([expected]);
});
