import { git } from "../../core/git/run.ts";

/** The commits of a repository of many models. */
interface ManyModels {
  /** The first commit, and one in which some of the models changed: spec, code or data in turn. */
  base: string;
  head: string;
}

/** A spec in the usual width: no two are the same text, and every tenth shares code from outside its folder. */
function distinctSpec(i: number, trees = 50): string {
  return `slipway: 1
owner: "@acme/team-${i % 40}"
description: Species from body measurements, model ${i}
task: classification
code: [.${i % 10 === 0 ? ", ../../lib" : ""}]
data:
  train: data/train.csv
  test: data/test.csv
  label: { column: species, positive: "yes" }
  id: row_id
  group: colony
  columns:
    bill_length_mm: { type: double, min: ${i % 30}, max: 80, nulls: 0.05 }
    island: { type: string, one-of: [Biscoe, Dream, Torgersen] }
    ring: { type: string, sensitive: true }
train: { run: node train.mjs, params: { trees: ${trees + i}, depth: 6 }, seed: ${i}, timeout: 10m }
predict: { run: node predict.mjs }
metrics:
  accuracy: { metric: accuracy_score }
  auc: { metric: roc_auc_score, multi_class: ovr }
  recall: { metric: recall_score, average: macro }
  readability: { run: node score.mjs, greater-is-better: true }
environment: { setup: npm ci, pass: [CUDA_VISIBLE_DEVICES] }
slices: [island, sex]
gates:
  register:
    - { metric: accuracy, at-least: 0.80 }
  production:
    - { metric: auc, at-least: 0.90, confidence: 0.95 }
    - { metric: auc, versus: production, max-regression: 0.005 }
    - { metric: recall, slice: { island: Dream }, at-least: 0.80 }
    - { metric: predict_ms_per_row, at-most: 4 }
`;
}

export async function makeManyModels(folder: string, models: number, changed: number): Promise<ManyModels> {
  await git(folder, ["init", "-q", "-b", "main"]);
  const lines: string[] = [];
  const file = (path: string, content: string) => {
    lines.push(`M 100644 inline ${path}\ndata ${Buffer.byteLength(content)}\n${content}\n`);
  };
  const commit = (at: number, message: string) => {
    lines.push(
      `commit refs/heads/main\ncommitter Bench <bench@example.org> ${at} +0000\ndata ${message.length}\n${message}\n`,
    );
  };
  commit(1_767_225_600, "base");
  file("slipway.yaml", "slipway: 1\ngates: { production: [{ metric: artifact_mb, at-most: 100 }] }\n");
  file("lib/shared.mjs", "export const shared = 1;\n");
  for (let i = 0; i < models; i++) {
    file(`models/m${i}/model.yaml`, distinctSpec(i));
    file(`models/m${i}/train.mjs`, `// trains model ${i}\n`);
    file(`models/m${i}/data/train.csv`, `row_id,species\n${i},yes\n`);
    file(`models/m${i}/data/test.csv`, `row_id,species\n${i + models},no\n`);
  }
  commit(1_767_225_700, "head");
  for (let i = 0; i < changed; i++) {
    const at = Math.floor((i * models) / changed);
    if (i % 3 === 0) file(`models/m${at}/model.yaml`, distinctSpec(at, 60));
    else if (i % 3 === 1) file(`models/m${at}/train.mjs`, `// trains model ${at} better\n`);
    else file(`models/m${at}/data/train.csv`, `row_id,species\n${at},no\n`);
  }
  await git(folder, ["fast-import", "--quiet"], { input: lines.join("") });
  const [head, base] = (await git(folder, ["rev-parse", "main", "main~1"])).toString().trim().split("\n");
  return { base: base as string, head: head as string };
}
