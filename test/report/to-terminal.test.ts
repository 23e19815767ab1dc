import { expect, it } from "vitest";
import { buildReport } from "../../core/report/build-report.ts";
import { displayWidth, wrap } from "../../core/report/lay-out-table.ts";
import { toTerminal } from "../../core/report/to-terminal.ts";
import { AGAINST_PRODUCTION, runResult } from "./run-result.ts";

const report = buildReport({ run: runResult(), comparison: AGAINST_PRODUCTION });

const ESCAPE = "\u001b";

it("says the verdict first, with a symbol and words", () => {
  expect(toTerminal(report, { colour: false, width: 80 }).split("\n")[0]).toBe(
    "✓ penguins: The gate passes (register)",
  );
});

it.each([40, 60, 80, 120])("stays within a terminal of %d columns", (width) => {
  const lines = toTerminal(report, { colour: false, width, details: true }).split("\n");
  expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(width);
});

it("aligns the columns of a table", () => {
  const lines = toTerminal(report, { colour: false, width: 120 }).split("\n");
  const header = lines.find((line) => line.startsWith("Metric")) ?? "";
  const row = lines.find((line) => line.startsWith("recall")) ?? "";
  expect(row.indexOf("▲ better")).toBe(header.indexOf("Reading"));
});

it("uses colour only when told to", () => {
  expect(toTerminal(report, { colour: false, width: 80 })).not.toContain(ESCAPE);
  expect(toTerminal(report, { colour: true, width: 80 })).toContain(`${ESCAPE}[32m✓ pass`);
});

it("says the same words with colour and without", () => {
  const painted = toTerminal(report, { colour: true, width: 80, details: true });
  const plain = toTerminal(report, { colour: false, width: 80, details: true });
  expect(
    painted
      .split("\u001b")
      .map((piece, index) => (index === 0 ? piece : piece.replace(/^\[\d+m/, "")))
      .join(""),
  ).toBe(plain);
});

it("sends no escape sequence that a user wrote", () => {
  const run = runResult({ params: JSON.stringify({ "a\u001b[2J": "\u001b]0;title\u0007" }) });
  const shown = toTerminal(buildReport({ run }), { colour: false, width: 80, details: true });
  expect([ESCAPE, "\u0007"].filter((character) => shown.includes(character))).toEqual([]);
});

it("leaves details out unless they are asked for", () => {
  expect(toTerminal(report, { colour: false, width: 80 })).not.toContain("Steps");
  expect(toTerminal(report, { colour: false, width: 80, details: true })).toContain("Steps");
});

it("counts wide characters as two columns and combining marks as none", () => {
  expect(["漢字", "🐧", "e\u0301", "abc"].map(displayWidth)).toEqual([4, 2, 1, 3]);
});

it("breaks a word that is longer than a line, and loses none of it", () => {
  expect(wrap("ab 漢字漢字 c", 5)).toEqual(["ab", "漢字", "漢字", "c"]);
});
