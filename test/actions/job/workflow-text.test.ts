import { expect, it } from "vitest";
import { annotationLine, lineWriter } from "../../../actions/job/workflow-text.ts";

/** As GitHub's runner finds commands in a line (actions/runner, ActionCommand.TryParseV2 and TryParse). */
const isCommand = (line: string) => /^\s*::[a-z]/i.test(line) || /##\[[a-z]/i.test(line);

it.each([
  "::error file=a.py::forged",
  "  ::add-mask::x",
  "\t::set-output name=a::b",
  "progress 10 %\r::warning::forged",
  "text ##[error]forged",
  "::stop-commands::token",
  "a\u2028::error::b",
])("makes %j start no command", (text) => {
  expect(isCommand(annotationLine(text))).toBe(false);
  expect(annotationLine(text)).not.toMatch(/[\r\n]/);
});

it("leaves other text as it is", () => {
  for (const text of ["a::b", "std::vector<int>", "## [x]", "100 %", "é 🐧"]) expect(annotationLine(text)).toBe(text);
});

it("passes output on by lines, whatever the pieces", () => {
  const lines: string[] = [];
  const writer = lineWriter((line) => lines.push(line));
  for (const piece of ["one\ntw", "o\n::err", "or::x\nlast"]) writer.take(piece);
  writer.end();
  expect(lines).toEqual(["│ one", "│ two", "│ ::error::x", "│ last"]);
});

it("holds no line that never ends", () => {
  const lines: string[] = [];
  const writer = lineWriter((line) => lines.push(line));
  for (let piece = 0; piece < 40; piece += 1) writer.take("x".repeat(10_000));
  writer.end();
  expect(lines.length).toBeGreaterThan(3);
  expect(lines.join("").replaceAll("│ ", "")).toHaveLength(400_000);
});
