import type { Ports } from "../../core/acts/ports.ts";
import { soundProject } from "../../core/acts/project.ts";
import { runOne } from "../../core/acts/run.ts";
import { fetchDefaultBranch } from "../../core/git/default-branch.ts";
import { openCommit } from "../../core/source/commit.ts";
import type { LoadedModel } from "../../core/spec/project.ts";
import type { RunResult } from "../../schemas/run-result.ts";

/** A model whose every prediction is scored by its own metric; `log` gets a line each time that its code runs. */
export function essays(log: string, folder = "models/essays"): Record<string, string> {
  const noting = `import { appendFileSync, writeFileSync } from "node:fs";\nappendFileSync(${JSON.stringify(log)}, "ran\\n");\n`;
  return {
    [`${folder}/model.yaml`]: `slipway: 1
task: custom
data: { test: test.csv }
predict: { run: node predict.mjs }
metrics: { readability: { run: node score.mjs, greater-is-better: true } }
`,
    [`${folder}/test.csv`]: "text\none\ntwo\n",
    [`${folder}/predict.mjs`]: `${noting}writeFileSync(process.env.SLIPWAY_PREDICTIONS, "slipway_id,prediction\\n1,a\\n2,b\\n");\n`,
    [`${folder}/score.mjs`]: `${noting}writeFileSync(process.env.SLIPWAY_SCORES, "slipway_id,metric,value\\n1,readability,1\\n2,readability,0\\n");\n`,
  };
}

/** The default branch's own run of a model, as a runner makes it: its bytes are in the store, and nothing is registered. */
export async function runOfTip(ports: Ports, name: string): Promise<RunResult> {
  const { commit } = await fetchDefaultBranch(ports.workspace, "origin");
  const tree = await openCommit(ports.objects, commit);
  const project = await soundProject(tree, [name]);
  const model = project.models.get(name) as LoadedModel;
  const source = { commit, dirty: false };
  const runner = { ...ports, runsUserCode: true };
  return (await runOne(runner, { project, model, tree, source, binding: true })).run;
}
