import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildReport } from "../../core/report/build-report.ts";
import { toMarkdown } from "../../core/report/to-markdown.ts";
import { removeTree } from "../../core/runtime/remove-tree.ts";
import { bundleName } from "../../core/stages/actions-uri.ts";
import { BUNDLED } from "../../core/stages/order.ts";
import { formatResultName } from "../../core/stages/result-name.ts";
import { type StoreRequest, storeStage } from "../../core/stages/store.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import { choiceInput, commitInput, modelInput } from "../job/inputs.ts";
import type { ActionOutcome, ActionPorts } from "../job/ports.ts";
import { actionsRunId, readRunFacts } from "../job/run-facts.ts";
import { SUMMARY_LIMIT } from "../job/summary.ts";
import { readNeeds } from "./read-needs.ts";

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
  try {
    const stages: StoreRequest["stages"] = {};
    for (const stage of BUNDLED) {
      const job = jobs[stage];
      if (job === undefined) continue;
      const folder = join(home, `in-${stage}`);
      const bring = () => artifacts.download(bundleName(stage, model), folder);
      const bundle = job.record === undefined ? undefined : { folder, sha256: job.record, bring };
      Object.assign(stages, { [stage]: { result: job.result, bundle } });
    }
    const out = join(home, "out");
    const temporary = join(home, "tmp");
    await mkdir(out);
    const binding = facts.origin === "default-branch";
    const source = { commit, dirty: false };
    const result = await storeStage({
      model,
      run: actionsRunId(facts, model),
      source,
      binding,
      collectOnly,
      stages,
      out,
      temporary,
    });
    const { id, digest } = await artifacts.upload(bundleName("result", model), out);
    ports.output("result", formatResultName({ artifact: id, sha256: digest }));
    ports.output("outcome", result.outcome);
    await tell(ports, result);
    return { outcome: "succeeded" };
  } finally {
    await removeTree(home);
  }
}

async function tell(ports: ActionPorts, result: RunResult): Promise<void> {
  if (result.outcome === "failed") {
    await ports.summary(toMarkdown(buildReport({ run: result }), { limit: SUMMARY_LIMIT }));
  } else if (result.binding && result.artifact?.uri.startsWith("actions:")) {
    ports.annotate("warning", {
      title: "ARTIFACT_NOT_DURABLE",
      message:
        "This run cannot be registered: slipway.yaml names no store that outlives a job. Name one under artifacts.store, as file:/mnt/slipway/812345678.",
      file: "slipway.yaml",
    });
  }
}
