import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { COMMAND_NAMES, GRAMMAR } from "../../../app/commands/grammar/grammar.ts";
import { commandLines, readLine } from "../../../app/commands/grammar/read-comment.ts";
import { withCommandTable } from "../../../tools/build/command-table.ts";

const page = readFileSync("docs/commands.md", "utf8");

it("the table of docs/commands.md is the grammar's (npm run generate)", () => {
  expect(withCommandTable(page)).toBe(page);
  expect(COMMAND_NAMES.filter((name) => !page.includes(`| \`${GRAMMAR[name].form}\` |`))).toEqual([]);
});

it("the examples of docs/commands.md are commands", () => {
  const known = { models: new Set(["penguins"]), stages: new Set(["staging", "production"]) };
  const [, block = ""] = /```\n(\/[\s\S]*?)```/.exec(page) ?? [];
  const examples = block
    .trim()
    .split("\n")
    .map((line) => line.split(/ {3,}/)[0] ?? "");
  expect(examples.length).toBeGreaterThan(3);
  for (const example of examples) {
    const [line] = commandLines(example);
    expect(line, example).toBeDefined();
    if (line) expect(readLine(line, known).name).toBe(line.command);
  }
});
