import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeTree } from "../../core/runtime/remove-tree.ts";
import { bundleName } from "../../core/stages/actions-uri.ts";
import { BUNDLED } from "../../core/stages/order.ts";
import { formatResultName } from "../../core/stages/result-name.ts";
import { type StoreRequest, storeStage } from "../../core/stages/store.ts";
import { bringBundles } from "../job/bring-bundles.ts";
import { choiceInput, commitInput, modelInput } from "../job/inputs.ts";
import type { ActionOutcome, ActionPorts } from "../job/ports.ts";
import { actionsRunId, readRunFacts } from "../job/run-facts.ts";
import { giveStoreCredentials } from "../job/store-credentials.ts";
import { readNeeds } from "./read-needs.ts";
import { tellStored } from "./tell-stored.ts";

/**
 * Stores what may be stored, unless it only collects, and uploads the run's one result. A failed run is a result, too, and
 * does not fail this job.
 */
export async function run(ports: ActionPorts): Promise<ActionOutcome> {
  const { env, artifacts } = ports;
  const model = modelInput(ports);
  const commit = commitInput(ports);
  const collectOnly = choiceInput(ports, "stage", ["store", "collect"]) === "collect";
  const jobs = readNeeds(ports.input("needs"));
  const facts = readRunFacts(ports.context);
  const home = await mkdtemp(join(env["RUNNER_TEMP"] || tmpdir(), "slipway-"));
  const bundles = bringBundles(artifacts, model, home);
  try {
    const stages: StoreRequest["stages"] = {};
    for (const stage of BUNDLED) {
      const job = jobs[stage];
      if (job === undefined) continue;
      const bundle = job.record === undefined ? undefined : bundles.bundle(stage, job.record);
      Object.assign(stages, { [stage]: { result: job.result, bundle } });
    }
    const out = join(home, "out");
    const temporary = join(home, "tmp");
    await mkdir(out);
    const binding = facts.origin === "default-branch";
    const source = { commit, dirty: false };
    const about = { model, run: actionsRunId(facts, model), source, binding, collectOnly, stages, out, temporary };
    const credentials = collectOnly ? undefined : await giveStoreCredentials(ports, join(home, "credentials"), "store");
    const sourceUrl = `${facts.repository.url.replace(/\.git$/, "")}/tree/${commit}`;
    const result = await storeStage({ ...about, sourceUrl }).finally(() => credentials?.remove());
    const { id, digest } = await artifacts.upload(bundleName("result", model), out);
    ports.output("result", formatResultName({ artifact: id, sha256: digest }));
    ports.output("outcome", result.outcome);
    await tellStored(ports, result, jobs.score?.result === "success");
    return { outcome: "succeeded" };
  } finally {
    await bundles.settled();
    await removeTree(home);
  }
}
