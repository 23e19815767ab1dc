import { stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { prepareData } from "../../core/data/prepare.ts";
import { git } from "../../core/git/run.ts";
import { openWorkTree } from "../../core/source/worktree.ts";
import { parquet, prepare, refusal, specOf, temporaryFolder, text } from "./setting.ts";

const TRAIN = "species,mass,ring\nadelie,3700,007\ngentoo,5000,008\nadelie,3800.5,\n";
const TEST = "species,mass,ring\ngentoo,5100,009\nadelie,NA,010\n";
const PENGUINS = { train: "data/train.csv", test: "data/test.csv", label: "species", "null-values": ["NA"] };
const FILES = { "data/train.csv": TRAIN, "data/test.csv": TEST };

describe("what user code is given", () => {
  it("is the training file as it stands, labels included", async () => {
    const { trainFile } = await prepare(FILES, PENGUINS);
    expect(await text(trainFile as string)).toBe(TRAIN);
  });

  it("is a copy: writing to it does not reach the repository", async () => {
    const { trainFile, folder } = await prepare(FILES, PENGUINS);
    await writeFile(trainFile as string, "gone");
    expect(await text(`${folder}/repo/models/m/data/train.csv`)).toBe(TRAIN);
  });

  it("is test features with an id and without the label, their text as it stands", async () => {
    const { featuresFile } = await prepare(FILES, PENGUINS);
    expect(await text(featuresFile)).toBe("slipway_id,mass,ring\n1,5100,009\n2,NA,010\n");
  });

  it("is one row of the features besides, to measure with", async () => {
    const { oneRowFile } = await prepare(FILES, PENGUINS);
    expect(await text(oneRowFile)).toBe("slipway_id,mass,ring\n1,5100,009\n");
  });

  it("is the labels apart, for own metrics", async () => {
    const { labelsFile } = await prepare(FILES, PENGUINS);
    expect(await text(labelsFile)).toBe("slipway_id,species\n1,gentoo\n2,adelie\n");
  });

  it("keeps the source's format and extension", async () => {
    const rows = '{"species":"a","mass":1.5,"tags":["x"]}\n{"species":"b"}\n';
    const { featuresFile, trainFile } = await prepare(
      { "data/a.ndjson": rows, "data/b.ndjson": rows.replace("1.5", "2.5") },
      { train: ["data/*.ndjson"], test: "data/a.ndjson", label: "species" },
    );
    expect([basename(trainFile as string), basename(featuresFile)]).toEqual(["train.ndjson", "features.ndjson"]);
    expect(await text(featuresFile)).toBe(
      '{"slipway_id":1,"mass":1.5,"tags":["x"]}\n{"slipway_id":2,"mass":null,"tags":null}\n',
    );
  });

  it("puts the files of a glob together in the order of their names", async () => {
    const files = { "data/2.csv": "y,x\nb,2\n", "data/10.csv": "y,x\na,1\n", "t.csv": "y,x\na,1\n" };
    const { trainFile, train } = await prepare(files, { train: "data/*.csv", test: "t.csv", label: "y" });
    expect(await text(trainFile as string)).toBe("y,x\na,1\nb,2\n");
    expect(train?.files.map(({ path }) => path)).toEqual(["models/m/data/10.csv", "models/m/data/2.csv"]);
  });

  it("names a column whatever it is called", async () => {
    const name = 'a"b; DROP TABLE test; --';
    const header = `y,"${name.replaceAll('"', '""')}",rowid,n,id,select\n`;
    const { featuresFile, violations } = await prepare(
      { "t.csv": `${header}a,1,2,3,4,5\n` },
      { train: "t.csv", test: "t.csv", label: "y", columns: { [name]: { type: "long", min: 0, unique: true } } },
    );
    expect(violations).toEqual([]);
    expect(await text(featuresFile)).toBe(`slipway_id,${header.slice(2)}1,1,2,3,4,5\n`);
  });

  it("keeps quotes, line breaks and commas of a CSV field whole", async () => {
    const row = 'a,"x, ""y""\r\nz"\n';
    const { featuresFile } = await prepare({ "t.csv": `y,t\n${row}` }, { train: "t.csv", test: "t.csv", label: "y" });
    expect(await text(featuresFile)).toBe('slipway_id,t\n1,"x, ""y""\r\nz"\n');
  });

  it("includes the files that rows name, at the same relative paths", async () => {
    const files = { "data/t.csv": "y,photo\na,../img/1.png\n", "img/1.png": "png" };
    const data = { train: "data/t.csv", test: "data/t.csv", label: "y", columns: { photo: { type: "file" } } };
    const { featuresFile, trainFile, violations } = await prepare(files, data);
    expect(violations).toEqual([]);
    for (const file of [featuresFile, trainFile as string])
      expect(await text(file.replace(/data\/[^/]+$/, "img/1.png"))).toBe("png");
  });
});

describe("the record of a data set", () => {
  it("has the file's own digest where one file is all of it", async () => {
    const { test } = await prepare(FILES, PENGUINS);
    expect(test.sha256).toBe(test.files[0]?.sha256);
    expect(test.rows).toBe(2);
  });

  it("has another digest where the content of a file that rows name changes", async () => {
    const data = { test: "t.csv", columns: { photo: { type: "file" } } };
    const digest = async (png: string) =>
      (await prepare({ "t.csv": "photo\n1.png\n", "1.png": png }, data, { task: "custom", train: undefined })).test
        .sha256;
    expect(await digest("a")).not.toBe(await digest("b"));
    expect(await digest("a")).toBe(await digest("a"));
  });

  it("says the features' types as MLflow would", async () => {
    const { signature } = await prepare(
      { "t.csv": "y,a,b,c,d,e,f\nx,1,1.5,true,2024-01-01,007,\n" },
      { train: "t.csv", test: "t.csv", label: "y" },
    );
    expect(signature.inputs.map(({ type }) => type)).toEqual([
      "long",
      "double",
      "boolean",
      "datetime",
      "string",
      "string",
    ]);
  });

  it("infers one type for train and test together", async () => {
    const { signature } = await prepare(
      { "a.csv": "y,x\na,1\n", "b.csv": "y,x\na,1.5\n" },
      { train: "a.csv", test: "b.csv", label: "y" },
    );
    expect(signature.inputs).toEqual([{ name: "x", type: "double" }]);
  });
});

describe("a file that cannot be read", () => {
  const cases: [string, string | Buffer, Record<string, unknown>][] = [
    ["a ragged row", "a,b\n1,2\n3\n", { line: 3, found: "1" }],
    ["a row that is too long", "a,b\n1,2\n3,4,5\n", { line: 3, found: "3" }],
    ["a quote that stays open", 'a,b\n1,"2\n3,4\n', { line: 2 }],
    ["text after a closing quote", 'a,b\n1,"2"x\n', { line: 2 }],
    ["two columns of one name", "a,b,a\n1,2,3\n", { line: 1, message: "The column a is there twice." }],
    ["names that differ in case alone", "a,A\n1,2\n", { message: "The columns a and A differ in case alone." }],
    ["a column without a name", ",a\n1,2\n", { hint: expect.stringContaining("index=False") }],
    [
      "bytes that are not UTF-8",
      Buffer.from("a,b\n1,2\n3,\xe9\n", "latin1"),
      { line: 3, message: "The file is not UTF-8." },
    ],
    ["a NUL byte", "a,b\n1,\0\n", { line: 2, message: "The file holds a NUL byte." }],
    ["an empty file", "", { message: "The file is empty." }],
    ["a header alone", "a,b\n", { message: "The test data has no rows." }],
    ["mixed line ends", "a,b\r\n1,2\n3,4\r\n", { message: "The file mixes line ends.", line: 2 }],
    [
      "a Git LFS pointer",
      "version https://git-lfs.github.com/spec/v1\noid sha256:1\n",
      { hint: expect.stringContaining("git lfs pull") },
    ],
    ["a reserved name", "slipway_id,a\n1,2\n", { expected: "no column slipway_id" }],
  ];
  it.each(cases)("is refused for %s", async (_, content, about) => {
    const act = prepare({ "t.csv": content }, { test: "t.csv" }, { task: "custom", train: undefined });
    expect(await refusal(act)).toMatchObject({ code: "DATA_UNREADABLE", file: "models/m/t.csv", ...about });
  });

  it("never shows what stands in it", async () => {
    const act = prepare({ "t.csv": 'a,b\n1,"secret"x\n' }, { test: "t.csv" }, { task: "custom", train: undefined });
    expect(JSON.stringify(await refusal(act))).not.toContain("secret");
  });

  it.each([
    ["an array", '{"a":1}\n[1]\n', 2],
    ["a cut line", '{"a":1}\n{"a":\n{"a":2}\n', 2],
    ["a key twice", '{"a":1}\n{"a":1,"a":2}\n', 2],
  ])("is refused as JSON Lines for %s", async (_, content, line) => {
    const act = prepare({ "t.jsonl": content }, { test: "t.jsonl" }, { task: "custom", train: undefined });
    expect(await refusal(act)).toMatchObject({ code: "DATA_UNREADABLE", file: "models/m/t.jsonl", line });
  });

  it("is refused as Parquet where it is none", async () => {
    const act = prepare(
      { "t.parquet": "PAR1 something PAR1" },
      { test: "t.parquet" },
      { task: "custom", train: undefined },
    );
    expect(await refusal(act)).toMatchObject({ code: "DATA_UNREADABLE", expected: "a whole Parquet file" });
  });

  it("is refused for a gzip file that is cut", async () => {
    const { gzipSync } = await import("node:zlib");
    const cut = gzipSync("a,b\n1,2\n").subarray(0, 15);
    const act = prepare({ "t.csv.gz": cut }, { test: "t.csv.gz" }, { task: "custom", train: undefined });
    expect(await refusal(act)).toMatchObject({ message: "The file is not a whole gzip file." });
  });

  it.each([
    ["t.json", "JSON Lines"],
    ["t.xlsx", "Export"],
  ])("says what to do about %s", async (name, hint) => {
    const act = prepare({ [name]: "x" }, { test: name }, { task: "custom", train: undefined });
    expect(await refusal(act)).toMatchObject({ code: "DATA_UNREADABLE", hint: expect.stringContaining(hint) });
  });
});

describe("a path", () => {
  it("that leaves the repository is refused", async () => {
    const act = prepare(FILES, { ...PENGUINS, test: "../../../test.csv" });
    expect(await refusal(act)).toMatchObject({ code: "PATH_OUTSIDE" });
  });

  it("through a symbolic link is refused", async () => {
    const { symlink, mkdir } = await import("node:fs/promises");
    const folder = await temporaryFolder();
    await mkdir(`${folder}/models/m`, { recursive: true });
    await mkdir(`${folder}/work`);
    await writeFile(`${folder}/secret.csv`, TEST);
    await symlink(`${folder}/secret.csv`, `${folder}/models/m/t.csv`);
    await git(folder, ["init", "-q"]);
    const spec = specOf({ train: "t.csv", test: "t.csv", label: "species" });
    const act = prepareData({
      model: { name: "m", folder: "models/m", spec, tree: await openWorkTree(folder) },
      root: folder,
      work: `${folder}/work`,
      cache: `${folder}/cache`,
      access: { env: {} },
    });
    expect(await refusal(act)).toMatchObject({ code: "SYMLINK_REFUSED", file: "models/m/t.csv" });
  });

  it("that names nothing is refused with where it was looked for", async () => {
    expect(await refusal(prepare(FILES, { ...PENGUINS, test: "data/tset.csv" }))).toMatchObject({
      code: "DATA_MISSING",
      message: "no file at models/m/data/tset.csv",
    });
  });
});

it("reads Parquet types as they are, and hands nested columns on", async () => {
  const folder = await temporaryFolder();
  await parquet(
    `${folder}/t.parquet`,
    "SELECT 'a' AS y, 1::TINYINT AS i, 1.5::FLOAT AS f, DATE '2024-01-01' AS d, [1, 2] AS l, 'x'::BLOB AS b",
  );
  const { readFile } = await import("node:fs/promises");
  const { signature, featuresFile, violations } = await prepare(
    { "t.parquet": await readFile(`${folder}/t.parquet`) },
    { train: "t.parquet", test: "t.parquet", label: "y" },
  );
  const { parquetRows } = await import("./setting.ts");
  expect(violations).toEqual([]);
  expect(signature.inputs.map(({ type }) => type)).toEqual(["long", "double", "datetime"]);
  expect((await parquetRows(featuresFile))[0]).toMatchObject({ slipway_id: "1", l: [1, 2] });
});

it("leaves nothing of the database behind, and labels nowhere near the features", async () => {
  const { featuresFile, labelsFile, testRows, folder } = await prepare(FILES, PENGUINS);
  const { readdir } = await import("node:fs/promises");
  const features = featuresFile.slice(0, featuresFile.lastIndexOf("/"));
  expect(await readdir(features)).toEqual(["features.csv"]);
  expect([labelsFile, testRows.file].some((file) => file.startsWith(features))).toBe(false);
  await expect(stat(join(folder, "work", "private", "duckdb"))).rejects.toThrow("ENOENT");
});

it("reads a packed CSV file, and hands features on packed", async () => {
  const { gunzipSync, gzipSync } = await import("node:zlib");
  const { readFile } = await import("node:fs/promises");
  const packed = gzipSync(`y,t\n${"a,é\n".repeat(100_000)}`);
  const { featuresFile, test } = await prepare(
    { "t.csv.gz": packed },
    { train: "t.csv.gz", test: "t.csv.gz", label: "y" },
  );
  expect(test.rows).toBe(100_000);
  expect(gunzipSync(await readFile(featuresFile)).toString("utf8")).toMatch(/^slipway_id,t\n1,é\n2,é\n/);
});

it("takes hundreds of columns", async () => {
  const names = Array.from({ length: 300 }, (_, index) => `c${index}`);
  const data = `y,${names.join(",")}\na,${names.map((_, index) => index).join(",")}\n`;
  const { signature } = await prepare({ "t.csv": data }, { test: "t.csv" }, { task: "custom", train: undefined });
  expect(signature.inputs).toHaveLength(301);
});
