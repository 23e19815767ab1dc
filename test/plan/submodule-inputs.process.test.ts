import { expect, it, onTestFinished } from "vitest";
import { openObjects } from "../../core/git/objects.ts";
import { git } from "../../core/git/run.ts";
import { dataFiles } from "../../core/plan/inputs.ts";
import { openCommit } from "../../core/source/commit.ts";
import { openWorkTree } from "../../core/source/worktree.ts";
import type { DataSpec, ModelSpec } from "../../schemas/model-spec.ts";
import { makeRepository } from "../helpers/repository.ts";

const SUB = "models/a/ext";

async function withSubmodule() {
  const other = await makeRepository({ "d/1.csv": "x" });
  await other.commit();
  const repository = await makeRepository({ "models/a/t.csv": "y" });
  onTestFinished(() => repository.end());
  await git(repository.folder, ["-c", "protocol.file.allow=always", "submodule", "add", "-q", other.folder, SUB]);
  const commit = await repository.commit();
  await other.end();
  const objects = await openObjects(repository.folder);
  onTestFinished(() => objects.close());
  return [await openWorkTree(repository.folder), openCommit(objects, commit)];
}

it.each(["ext/d/1.csv", "ext/missing.csv", "ext/d/*.csv", "ext/**/*.csv", "**/*.csv", "ext"])(
  "a submodule is named where data is looked for in it: %s",
  async (train) => {
    for (const tree of await withSubmodule())
      await expect(dataFiles(model({ train, test: "t.csv" }), tree)).rejects.toMatchObject({
        code: "DATA_INVALID",
        message: expect.stringContaining(`the submodule ${SUB}`),
      });
  },
);

it("a submodule is no matter where data lies beside it", async () => {
  for (const tree of await withSubmodule())
    expect(names(await dataFiles(model({ test: "*.csv" }), tree))).toEqual(["models/a/t.csv"]);
});

function model(data: DataSpec) {
  const spec: ModelSpec = {
    slipway: 1,
    task: "classification",
    data,
    predict: { run: "node predict.mjs" },
    metrics: {},
  };
  return { folder: "models/a", path: "models/a/model.yaml", spec };
}

const names = (files: readonly { path: string }[]) => files.map((file) => file.path);
