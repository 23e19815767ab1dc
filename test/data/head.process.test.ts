import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { METRIC_RULES } from "../../core/acts/project.ts";
import { lookAtData } from "../../core/data/look.ts";
import { SlipwayError } from "../../core/errors.ts";
import { openWorkTree } from "../../core/source/worktree.ts";
import { loadProject } from "../../core/spec/project.ts";
import { makeRepository } from "../helpers/repository.ts";
import { prepare } from "./setting.ts";

const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 12\n`;
const GOOD = "x,y\n1,a\n2,b\n";
const lines = (end: (i: number) => string) =>
  `x,y${end(0)}${Array.from({ length: 20_000 }, (_, i) => `${i},a${end(i + 1)}`).join("")}`;

/** What a look at the training data says, as `slipway check` does. */
async function look(name: string, content: string | Buffer) {
  const spec = `slipway: 1\ntask: classification\ndata: { train: ${name}, test: test.csv, label: y }
train: { run: x }\npredict: { run: x }\nmetrics: {}\n`;
  const files = { "models/m/model.yaml": spec, "models/m/test.csv": GOOD, [`models/m/${name}`]: content };
  return (await lookAt(files)).problems;
}

async function lookAt(files: Record<string, string | Buffer>) {
  const repository = await makeRepository(files);
  try {
    const tree = await openWorkTree(repository.folder);
    const model = (await loadProject(tree, METRIC_RULES)).models.get("m");
    if (!model) throw new Error("the spec has a problem");
    return await lookAtData(model, tree, tree.root);
  } finally {
    await repository.end();
  }
}

/** What a run says of it. */
async function run(name: string, content: string | Buffer) {
  const data = { train: name, test: "test.csv", label: "y" };
  const error = await prepare({ [name]: content, "test.csv": GOOD }, data).catch((thrown: unknown) => thrown);
  return error instanceof SlipwayError ? error.problems : [];
}

describe.each([
  ["a look", look],
  ["a run", run],
])("%s names for what it is", (_, said) => {
  it.each<[string, string, string | Buffer, RegExp, number | undefined]>([
    ["semicolons", "a.csv", "x;y\n1;a\n2;b\n", /semicolons, not by commas/, 1],
    ["semicolons with decimal commas", "a.csv", "x;y\n1,5;a\n2,5;b\n", /semicolons/, 1],
    ["semicolons with a comma in a name", "a.csv", "size, cm;y\n1;a\n2;b\n", /semicolons/, 1],
    ["tabs", "a.csv", "x\ty\n1\ta\n", /tabs/, 1],
    ["bars", "a.csv", "x|y\n1|a\n", /bars/, 1],
    ["packed semicolons", "a.csv.gz", gzipSync("x;y\n1;a\n"), /semicolons/, 1],
    ["Excel's sep=", "a.csv", "sep=;\r\nx;y\r\n1;a\r\n", /Excel's `sep=`/, 1],
    ["Excel's sep= with a comma", "a.csv", '"sep=,"\nx,y\n1,a\n', /Excel's `sep=`/, 1],
    ["a comma after each line", "a.csv", "x,y,\n1,a,\n", /header ends in a comma/, 1],
    ["a comma after each row", "a.csv", "x,y\n1,a,\n2,b,\n", /line ends in a comma/, 2],
    ["a comma after one row", "a.csv", 'x,y\n1,"a\n,"\n2,b,\n', /line ends in a comma/, 4],
    ["a comma at the very end", "a.csv", "x,y\n1,a\n2,b,\n", /line ends in a comma/, 3],
    ["mixed line ends", "a.csv", "x,y\r\n1,a\r\n2,b\n3,c\r\n", /mixes line ends/, 3],
    ["a stray carriage return", "a.csv", "x,y\n1,a\r2,b\n3,c\n", /mixes line ends/, 2],
    ["a blank first line", "a.csv", "\nx,y\n1,a\n", /first line is blank/, 1],
    ["a JSON array", "a.jsonl", '\n[{"x": 1, "y": "a"}]\n', /JSON array/, 2],
    ["a pretty JSON array", "a.jsonl", '[\n  {"x": 1,\n  "y": "a"}\n]\n', /JSON array/, 1],
    ["an object over lines", "a.jsonl", '{\n"x": 1, "y": "a"\n}\n', /over several lines/, 1],
    ["a comma after each object", "a.jsonl", '{"x": 1, "y": "a"},\n{"x": 2, "y": "b"},\n', /ends in a comma/, 1],
    ["lines that end in CR", "a.jsonl", '{"x": 1, "y": "a"}\r{"x": 2, "y": "b"}\r', /carriage return alone/, 1],
    ["UTF-16", "a.csv", Buffer.from(`\ufeff${GOOD}`, "utf16le"), /is UTF-16, not UTF-8/, 1],
    ["UTF-16 without a mark", "a.csv", Buffer.from(GOOD, "utf16le"), /UTF-16 without a byte-order mark/, 1],
    ["UTF-16 in JSON Lines", "a.jsonl", Buffer.from('\ufeff{"x": 1}\n', "utf16le"), /is UTF-16/, 1],
    ["a pointer", "a.csv", POINTER, /Git LFS pointer/, 1],
    ["a pointer for Parquet", "a.parquet", POINTER, /Git LFS pointer/, 1],
    ["a pointer for packed CSV", "a.csv.gz", POINTER, /Git LFS pointer/, 1],
    ["a workbook", "a.csv", Buffer.from("PK\x03\x04rest of it\0\0"), /zip archive/, undefined],
    ["packed CSV", "a.csv", gzipSync(GOOD), /packed with gzip/, undefined],
    ["CSV as Parquet", "a.parquet", GOOD, /does not begin as Parquet does/, undefined],
    ["a web page", "a.csv", "<!DOCTYPE html>\n<html></html>\n", /HTML/, 1],
  ])("%s", async (_, name, content, message, line) => {
    const [problem] = await said(name, content);
    expect(problem).toMatchObject({ code: "DATA_UNREADABLE", message: expect.stringMatching(message) });
    expect(problem).toMatchObject({ file: expect.stringMatching(`${name}$`), hint: expect.any(String) });
    expect(problem?.line).toBe(line);
  });

  it.each<[string, string, string | Buffer]>([
    ["CRLF with line feeds in quotes", "a.csv", 'x,y\r\n1,"a\nb"\r\n2,b\r\n'],
    ["carriage returns alone", "a.csv", "x,y\r1,a\r2,b\r"],
    ["empty last fields", "a.csv", "x,y,z\n1,a,\n2,b,\n"],
    ["semicolons in a field", "a.csv", "x,y\n1;2,a\n3;4,b\n"],
    ["semicolons in names", "a.csv", "x;1,y\n1,a\n2,b\n"],
    ["a doubled quote before a comma", "a.csv", 'x,y\n"a"",",a\n"b",b\n'],
    ["no end of the last line", "a.csv", "x,y\n1,a"],
    ["a byte-order mark", "a.csv", `\ufeff${GOOD}`],
    ["a byte-order mark in JSON Lines", "a.jsonl", '\ufeff{"x": 1, "y": "a"}\n'],
    ["mixed line ends in JSON Lines", "a.jsonl", '{"x": 1, "y": "a"}\r\n{"x": 1, "y": "b"}\n'],
  ])("nothing where there is nothing: %s", async (_, name, content) => {
    expect(await said(name, content)).toEqual([]);
  });
});

it.each([
  ["other line ends", lines((i) => (i > 15_000 ? "\n" : "\r\n")), /mixes line ends/, 15_002],
  ["a comma too much", lines((i) => (i === 15_000 ? ",\n" : "\n")), /ends in a comma/, 15_001],
])("finds %s far behind what a look sees", async (_, content, message, line) => {
  expect(await look("a.csv", content)).toEqual([]);
  expect(await run("a.csv", content)).toMatchObject([{ message: expect.stringMatching(message), line }]);
});

it("takes the last column's empty fields for nulls, also where each row has one", async () => {
  const { trainFile } = await prepare(
    { "a.csv": "x,y,z\n1,a,\n2,b,\n", "test.csv": "x,y,z\n1,a,\n" },
    { train: "a.csv", test: "test.csv", label: "y" },
  );
  expect(await readFile(trainFile ?? join("none"), "utf8")).toBe("x,y,z\n1,a,\n2,b,\n");
});

it("warns of a pointer among the files of code", async () => {
  const spec = `slipway: 1\ntask: custom\ndata: { test: test.csv }\npredict: { run: x }\nmetrics: {}\n`;
  const files = { "models/m/model.yaml": spec, "models/m/test.csv": GOOD, "models/m/weights.bin": POINTER };
  expect(await lookAt(files)).toMatchObject({
    problems: [],
    warnings: [{ message: "models/m/weights.bin is a Git LFS pointer, not the file", file: "models/m/model.yaml" }],
  });
});
