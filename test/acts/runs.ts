import { chargeRun } from "../../core/acts/charge-run.ts";
import { readGates } from "../../core/acts/policy.ts";
import type { Ports } from "../../core/acts/ports.ts";
import { soundProject } from "../../core/acts/project.ts";
import { runOne } from "../../core/acts/run.ts";
import { fetchDefaultBranch } from "../../core/git/default-branch.ts";
import { decidingPolicy } from "../../core/promotion/decide-promotion.ts";
import { decideRegistration } from "../../core/promotion/decide-registration.ts";
import { publishWithRetry } from "../../core/registry/commit-act.ts";
import { registrationChange, withTries } from "../../core/registry/records.ts";
import { newSources } from "../../core/registry/sources.ts";
import { openCommit } from "../../core/source/commit.ts";
import type { LoadedModel } from "../../core/spec/project.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import { manifest as manifestWith } from "../registry/builders.ts";

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

/** When `registerTip` registers. */
export const MOMENT = "2026-03-01T09:00:00.000Z";
const model = "penguins";

/** A version of `penguins` of the default branch's tip, as a run of it would be registered. */
export async function registerTip(
  host: Ports,
  edit: (manifest: Manifest) => Manifest = (manifest) => manifest,
): Promise<void> {
  const { commit } = await fetchDefaultBranch(host.workspace, "origin");
  const rules = await readGates(host, commit, model, "register");
  const { gates, policy } = rules;
  await publishWithRetry(host.registry, async (snapshot) => {
    const record = await snapshot.model(model);
    const version = (record?.latest_version ?? 0) + 1;
    const source = { commit, spec: policy.specPath ?? "", spec_blob: policy.specBlob ?? "" };
    const made = manifestWith({ version, source, policy: decidingPolicy(policy), registered_at: MOMENT });
    const spending = await chargeRun(snapshot, made, model, rules);
    const { terms: tries } = spending;
    const { results } = decideRegistration({ ...{ evaluation: made.evaluation, gates, violations: [] }, tries });
    const manifest = edit({ ...made, gates: results, tries });
    const used = [policy.blob, policy.specBlob, manifest.policy?.blob, manifest.policy?.spec_blob];
    const sources = await newSources(host.objects, snapshot, used);
    const spent = spending.files({
      ...{ model, version, policy: decidingPolicy(policy), act: "register", outcome: "registered", commit },
      ...{ by: manifest.registered_by, at: MOMENT, host: "app" },
    });
    return withTries(registrationChange({ manifest, record, sources }), spent);
  });
}
