import { mkdir, mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { localExecutor } from "../../core/executors/local.ts";
import { removeTree } from "../../core/runtime/remove-tree.ts";
import { bundleName, formatActionsUri } from "../../core/stages/actions-uri.ts";
import { type BundleAt, sealBundle } from "../../core/stages/bundle.ts";
import type { StageContext, StageResult } from "../../core/stages/run-stage.ts";
import type { Sha256 } from "../../schemas/names.ts";
import type { PipelineStage, StageRecord } from "../../schemas/stage-record.ts";
import { bringBundles } from "./bring-bundles.ts";
import { modelInput } from "./inputs.ts";
import type { ActionOutcome, ActionPorts, OtherRun } from "./ports.ts";
import { actionsRunId, type RunFacts, readRunFacts } from "./run-facts.ts";
import { tellProblems } from "./tell-problem.ts";
import { annotationLine, lineWriter } from "./workflow-text.ts";

/** How long what one job hands to the next is kept: for looking closer, and for running failed jobs again. */
const DAYS = 14;

/** A job that runs one stage of one model. */
export interface StageJob {
  facts: RunFacts;
  model: string;
  context: StageContext;
  /** A new folder of this job's own. */
  folder(name: string): Promise<string>;
  /** What an earlier job handed over, on its way here from now on; undefined if there was no such job. */
  bundle(stage: PipelineStage, sha256: Sha256 | undefined): BundleAt | undefined;
  /** Resolves once no bundle is on its way any more: what brings them is a token, which user code must not meet. */
  settled(): Promise<void>;
}

/** Where a stage is not of this job's own run: the run that it belongs to, and what reads its artifacts. */
export interface OtherRunsStage {
  facts: RunFacts;
  from: OtherRun;
  /** The run's id in records. */
  run: string;
}

/**
 * Prepares a stage's job, runs the stage, hands its bundle over and tells how it went. Outputs are set first, so
 * that a failure is a record, too. Everything is in one folder below RUNNER_TEMP, which is removed in the end.
 */
export async function stageJob<Stage extends PipelineStage>(
  ports: ActionPorts,
  stage: Stage,
  act: (job: StageJob) => Promise<StageResult<Stage>>,
  other?: OtherRunsStage,
): Promise<ActionOutcome & { record: Extract<StageRecord, { stage: Stage }> }> {
  const { env, artifacts } = ports;
  const model = modelInput(ports);
  const facts = other?.facts ?? readRunFacts(ports.context);
  const home = await mkdtemp(join(env["RUNNER_TEMP"] || tmpdir(), "slipway-"));
  const lines = lineWriter(ports.log);
  const bundles = bringBundles(artifacts, model, home, other?.from);
  try {
    const folder = async (name: string) => {
      await mkdir(join(home, name), { recursive: true });
      return join(home, name);
    };
    const out = await folder("out");
    const cache = await folder("cache");
    const context: StageContext = {
      ...{ model, out, caller: env, signal: ports.signal, onOutput: lines.take },
      run: other?.run ?? actionsRunId(facts, model),
      uri: formatActionsUri({ run: facts.runId, name: bundleName(stage, model) }),
      ...{ cache, executor: localExecutor({ readOnly: [cache] }) },
      temporary: await folder("tmp"),
      onStep: (event) => {
        lines.end();
        const seconds = "seconds" in event ? ` in ${event.seconds.toFixed(1)} s` : "";
        ports.log(annotationLine(`${event.step}: ${event.outcome}${seconds}`));
      },
      warn: (message) => ports.annotate("warning", { title: "Slipway", message }),
    };
    const bundle = (earlier: PipelineStage, sha256: Sha256 | undefined) =>
      sha256 === undefined ? undefined : bundles.bundle(earlier, sha256);
    const { record, bug } = await act({ facts, model, context, folder, bundle, settled: bundles.settled });
    lines.end();
    const sha256 = await sealBundle(out, record);
    await artifacts.upload(bundleName(stage, model), out, DAYS);
    ports.output("record", sha256);
    ports.output("outcome", record.outcome);
    if (bug !== undefined) throw bug;
    const problems = record.problem ? [record.problem] : [];
    if (record.outcome === "succeeded") return { outcome: "succeeded", record };
    tellProblems(ports, problems, specOf(record));
    return { outcome: "failed", problems, record };
  } finally {
    await bundles.settled();
    await removeTree(home);
  }
}

function specOf(record: StageRecord): string | undefined {
  return record.stage === "validate" ? record.model_file?.path : undefined;
}
