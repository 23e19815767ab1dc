import { describe, expect, it } from "vitest";
import { codeFiles, dataFiles, dataLocations } from "../../core/plan/inputs.ts";
import type { DataSpec, ModelSpec } from "../../schemas/model-spec.ts";
import { memoryTree } from "../helpers/memory-tree.ts";

function model(data: DataSpec, code?: string[]) {
  const spec: ModelSpec = {
    slipway: 1,
    task: "classification",
    data,
    predict: { run: "node predict.mjs" },
    metrics: {},
    ...(code && { code }),
  };
  return { folder: "models/a", path: "models/a/model.yaml", spec };
}

const treeOf = (...paths: string[]) => memoryTree(Object.fromEntries(paths.map((path) => [path, path])));

const names = (files: readonly { path: string }[]) => files.map((file) => file.path);

describe("dataLocations", () => {
  it("tells paths, globs and URIs apart, and resolves what lies in the repository", () => {
    const data = { train: ["../../data/train.csv", "https://example.org/a.csv"], test: "data/*.csv" };
    expect(dataLocations(model(data)).map(({ role, location, kind }) => [role, location, kind])).toEqual([
      ["train", "data/train.csv", "path"],
      ["train", "https://example.org/a.csv", "uri"],
      ["test", "models/a/data/*.csv", "glob"],
    ]);
  });

  it("refuses a path that leaves the repository", () => {
    expect(() => dataLocations(model({ train: "../../../etc/passwd" }))).toThrow(/leaves the repository/);
  });
});

describe("dataFiles", () => {
  it("finds a glob's files, sorted", async () => {
    const tree = treeOf(
      "models/a/d/2.csv",
      "models/a/d/1.csv",
      "models/a/d/x/3.csv",
      "models/a/d/4.txt",
      "models/a/t.csv",
    );
    const found = await dataFiles(model({ train: "d/*.csv", test: "t.csv" }), tree);
    expect(found).toEqual([
      { role: "train", path: "models/a/d/1.csv" },
      { role: "train", path: "models/a/d/2.csv" },
      { role: "test", path: "models/a/t.csv" },
    ]);
  });

  it("keeps the order in which the spec names them", async () => {
    const tree = treeOf("models/a/d/1.csv", "models/a/d/2.csv");
    expect(names(await dataFiles(model({ source: ["d/2.csv", "d/1.csv"] }), tree))).toEqual([
      "models/a/d/2.csv",
      "models/a/d/1.csv",
    ]);
  });

  it.each([{ train: ["d/*.csv", "d/1.csv"] }, { test: ["https://x.org/a.csv", "https://x.org/a.csv"] }])(
    "refuses a file that one role names twice: %j",
    async (data) => {
      const tree = treeOf("models/a/d/1.csv");
      await expect(dataFiles(model(data), tree)).rejects.toMatchObject({ code: "DATA_INVALID" });
    },
  );

  it("takes ** for folders at any depth, none included", async () => {
    const tree = treeOf("models/a/d/1.csv", "models/a/d/x/y/2.csv", "models/a/e.csv");
    expect(names(await dataFiles(model({ source: "d/**/*.csv" }), tree))).toEqual([
      "models/a/d/1.csv",
      "models/a/d/x/y/2.csv",
    ]);
  });

  it.each(["d/none.csv", "d/*.parquet", "d"])("says that nothing is at %s", async (train) => {
    const tree = treeOf("models/a/d/1.csv");
    await expect(dataFiles(model({ train }), tree)).rejects.toMatchObject({ code: "DATA_MISSING" });
  });

  it("refuses a file that is both training and test data", async () => {
    const tree = treeOf("models/a/d/1.csv", "models/a/d/2.csv");
    await expect(dataFiles(model({ train: "d/*.csv", test: "d/2.csv" }), tree)).rejects.toMatchObject({
      code: "DATA_INVALID",
    });
  });
});

describe("codeFiles", () => {
  it("leaves out the data, the spec, the lock and .slipway", async () => {
    const tree = treeOf(
      "models/a/model.yaml",
      "models/a/data.lock.json",
      "models/a/train.mjs",
      "models/a/data/train.csv",
      "models/a/data/notes.txt",
      "models/a/.slipway/runs/x",
      "models/b/train.mjs",
    );
    const found = await codeFiles(model({ train: "data/*.csv", test: "data/test.csv" }), tree);
    expect(names(found)).toEqual(["models/a/data/notes.txt", "models/a/train.mjs"]);
  });

  it("takes shared code from beside the model, each file once", async () => {
    const tree = treeOf("models/a/train.mjs", "lib/shared.mjs", "other.mjs");
    const found = await codeFiles(model({}, [".", "../../lib", "train.mjs"]), tree);
    expect(names(found)).toEqual(["lib/shared.mjs", "models/a/train.mjs"]);
  });

  describe("of a model that looks at its neighbours", () => {
    const SPEC = (data: string) => `slipway: 1\ntask: classification\ndata: { ${data} }\n`;
    const seen = async (code: string[], files: Record<string, string>) => {
      return names(await codeFiles(model({}, code), memoryTree({ "models/a/train.mjs": "", ...files })));
    };

    it("holds neither their data nor their specs", async () => {
      const files = {
        "models/b/model.yaml": SPEC("train: data/train.csv, test: 'data/*.parquet'"),
        "models/b/data.lock.json": "{}",
        "models/b/data/train.csv": "",
        "models/b/data/test.parquet": "",
        "models/b/lib.mjs": "",
        "models/b/conf/model.yaml": "layers: 3\n",
      };
      expect(await seen([".", "../b"], files)).toEqual([
        "models/a/train.mjs",
        "models/b/conf/model.yaml",
        "models/b/lib.mjs",
      ]);
      await expect(seen(["../*/data"], files)).rejects.toMatchObject({ code: "SPEC_INVALID" });
    });

    it("holds no data that another model keeps in its folder", async () => {
      const files = { "models/b/model.yaml": SPEC("test: ../a/labels.csv"), "models/a/labels.csv": "" };
      expect(await seen(["."], files)).toEqual(["models/a/train.mjs"]);
    });

    it("holds no data of a model whose spec has another fault, and nothing of one that cannot be read", async () => {
      const files = {
        "models/b/model.yaml": `${SPEC("test: test.csv")}unknown: 1\n`,
        "models/b/test.csv": "",
        "models/b/lib.mjs": "",
        "models/c/model.yaml": "data: {{{",
        "models/c/test.csv": "",
      };
      expect(await seen(["../b", "../c", "."], files)).toEqual(["models/a/train.mjs", "models/b/lib.mjs"]);
    });

    it("holds their data where the policy moved the models' folder", async () => {
      const files = {
        "slipway.yaml": "slipway: 1\nmodels: elsewhere\n",
        "models/b/model.yaml": SPEC("test: test.csv"),
        "models/b/test.csv": "",
      };
      expect(await seen(["../b", "."], files)).toEqual(["models/a/train.mjs"]);
    });
  });

  it("says that an entry names nothing", async () => {
    const tree = treeOf("models/a/train.mjs");
    await expect(codeFiles(model({}, ["src"]), tree)).rejects.toMatchObject({ code: "SPEC_INVALID" });
  });
});
