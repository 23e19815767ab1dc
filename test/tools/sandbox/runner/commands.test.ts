import { expect, it } from "vitest";
import { parseCommand, parseFile } from "../../../../tools/sandbox/runner/commands.ts";

it.each([
  ["::warning::words", { name: "warning", properties: {}, message: "words" }],
  [
    "::error file=a.yaml,line=3,title=A%2C B::x%0Ay%25",
    { name: "error", properties: { file: "a.yaml", line: "3", title: "A, B" }, message: "x\ny%" },
  ],
  ["words ::error::no", undefined],
  [":: error ::no", undefined],
])("reads the command of %j", (line, expected) => {
  expect(parseCommand(line)).toEqual(expected);
});

it.each([
  ["a=1\nb=2=3\n", { a: "1", b: "2=3" }],
  ["a<<END\none\ntwo=2\nEND\nb=\n", { a: "one\ntwo=2", b: "" }],
])("reads the values of %j", (content, expected) => {
  expect(parseFile(content)).toEqual(expected);
});

it.each(["a<<END\none\n", "nothing\n"])("refuses %j", (content) => {
  expect(() => parseFile(content)).toThrow();
});
