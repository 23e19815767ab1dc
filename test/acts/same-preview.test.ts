import { expect, it } from "vitest";
import { METRIC_RULES } from "../../core/acts/project.ts";
import { refuseOtherPreview } from "../../core/acts/same-preview.ts";
import type { SourceTree } from "../../core/source/tree.ts";
import { type LoadedModel, loadProject } from "../../core/spec/project.ts";
import { memoryTree } from "../helpers/memory-tree.ts";

const TEST = "s3://rows/test.csv";

/** A model's files, whose test rows have this digest and are told apart by a column. */
function modelFiles(name: string, sha256: string, column: string) {
  return {
    [`models/${name}/model.yaml`]: `slipway: 1
task: classification
data: { train: train.csv, test: "${TEST}", label: y, id: ${column} }
predict: { run: "true" }
train: { run: "true" }
metrics: { accuracy: { metric: accuracy_score } }
`,
    [`models/${name}/data.lock.json`]: JSON.stringify({ slipway: 1, files: [{ uri: TEST, sha256, size: 9 }] }),
  };
}

const SAME = "a".repeat(64);

/** Asks of a model that is told apart by `row`, beside the tip's others. Resolves to the files of the tip that were read. */
async function ask(others: Record<string, string>): Promise<string[]> {
  const own = memoryTree(modelFiles("own", SAME, "row"));
  const model = (await loadProject(own, METRIC_RULES)).models.get("own") as LoadedModel;
  const read: string[] = [];
  const files = memoryTree({ ...modelFiles("own", SAME, "other"), ...others });
  const tip: SourceTree = {
    ...files,
    read: (path, maxBytes) => {
      read.push(path);
      return files.read(path, maxBytes);
    },
    readMany: (paths, maxBytes) => {
      read.push(...paths);
      return files.readMany(paths, maxBytes);
    },
  };
  await refuseOtherPreview(tip, { ...model, tree: own }, model.spec);
  return read;
}

it("refuses another key of the rows that another model pins", async () => {
  await expect(ask(modelFiles("same", SAME, "other"))).rejects.toMatchObject({
    code: "PREVIEW_DIFFERS",
    problems: [{ expected: expect.stringContaining("models/same/model.yaml") }],
  });
});

it("reads the specs of the models that pin the same file, and no others", async () => {
  const read = await ask({ ...modelFiles("same", SAME, "row"), ...modelFiles("elsewhere", "b".repeat(64), "other") });
  expect(read.filter((path) => path.endsWith("model.yaml"))).toEqual(["models/same/model.yaml"]);
});

it("is not stopped by another model's lock that cannot be read", async () => {
  await expect(ask({ "models/broken/data.lock.json": "{" })).resolves.toBeDefined();
});
