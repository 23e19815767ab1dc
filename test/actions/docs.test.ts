import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { ACTIONS } from "./release.ts";

const ROOT = path.join(import.meta.dirname, "../..");
const read = (file: string) => readFile(path.join(ROOT, file), "utf8");

it.each(ACTIONS)("docs/actions.md names every input and output of %s", async (name) => {
  const { inputs, outputs } = parse(await read(`actions/${name}/action.yml`));
  const [, section = ""] = (await read("docs/actions.md")).split("\n## Inputs and outputs\n");
  const row = section.split("\n").find((line) => line.startsWith(`| \`${name}\``)) ?? "";
  const [, , ...cells] = row.split("|");
  const named = cells.slice(0, 2).map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word));
  expect(named).toEqual([Object.keys(inputs), Object.keys(outputs)]);
});

it.each(ACTIONS)(
  "every input and output of %s says what it is, and the bundle is where a release has it",
  async (name) => {
    const { description, inputs, outputs, runs } = parse(await read(`actions/${name}/action.yml`));
    for (const each of [{ description }, ...Object.values(inputs), ...Object.values(outputs)])
      expect(each).toMatchObject({ description: expect.stringMatching(/\S.{10}/) });
    expect(runs).toEqual({ using: "node24", main: "dist/main.js" });
  },
);
