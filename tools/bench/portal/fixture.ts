import { git } from "../../../core/git/run.ts";
import { ADA } from "../../../test/registry/builders.ts";
import { build, name } from "../registry/fixture.ts";

/** The version of each model that is live. */
export const LIVE = 9;

/** A bare repository of so many models with so many versions each; one of each is live, and each has its spec on main. */
export async function buildPortal(folder: string, models: number, versions: number): Promise<void> {
  await build(folder, models, versions, LIVE);
  await git(folder, ["config", "user.name", ADA.name]);
  await git(folder, ["config", "user.email", ADA.id]);
  const file = (path: string, text: string) => `M 100644 inline ${path}\ndata ${Buffer.byteLength(text)}\n${text}\n`;
  const specs = Array.from({ length: models }, (_, at) => file(`models/${name(at)}/model.yaml`, specOf(at)));
  const head = "commit refs/heads/main\ncommitter Ada <ada@example.org> 1767225600 +0000\ndata 5\nfirst\n";
  const policy = file("slipway.yaml", POLICY);
  await git(folder, ["fast-import", "--quiet"], { input: [head, policy, ...specs].join("") });
}

const POLICY = `slipway: 1
metrics: { accuracy: { metric: accuracy_score } }
gates: { production: [{ metric: accuracy, at-least: 0.8 }] }
`;

const specOf = (at: number) => `slipway: 1
owner: "@acme/team-${at % 40}"
description: What model ${at} is for
task: classification
data: { train: data/train.csv, test: data/test.csv, label: species }
train: { run: node train.mjs, params: { trees: ${at + 1} } }
predict: { run: node predict.mjs }
metrics: { accuracy: { metric: accuracy_score } }
gates:
  production:
    - { metric: accuracy, at-least: 0.9 }
    - { metric: accuracy, versus: production, max-regression: 0.01 }
`;
