import { changesOfJudge } from "../../../core/acts/changes-of-judge.ts";
import { chargeRun } from "../../../core/acts/charge-run.ts";
import { checkWorkflow } from "../../../core/attested/check-workflow.ts";
import { previewGates } from "../../../core/promotion/preview-gates.ts";
import type { RegistrySnapshot } from "../../../core/registry/registry.ts";
import { diffVersions, type VersionDiff } from "../../../core/report/diff-versions.ts";
import type { AskedGate } from "../../../schemas/gate.ts";
import type { CommitId } from "../../../schemas/names.ts";
import type { PlannedModel } from "../../../schemas/plan.ts";
import type { PullResult } from "../../../schemas/pull-result.ts";
import type { RunResult } from "../../../schemas/run-result.ts";
import type { TryTerms } from "../../../schemas/try.ts";
import type { EventContext } from "../../github/event-context.ts";
import { defaultTip } from "../../repositories/read-mirror.ts";
import { type RunState, runsOf } from "../results/run-state.ts";
import { registerBlockers, targetBlockers } from "./blockers.ts";
import { mergeObstacles, nameObstacles } from "./obstacles.ts";
import { type ChangePlan, planChange, runnable } from "./plan-pull.ts";
import { type PullRules, readRules } from "./rules.ts";
import type { ChangeState, Judged, ModelState, Unscored } from "./state.ts";

/** What a run reported of a model, wherever the report is kept. */
export type Reported = Pick<PullResult, "run" | "result" | "refusal" | "charts"> &
  Partial<Pick<PullResult, "fork" | "failed_jobs">>;

/**
 * Everything that Git and the last run's reports say of a change: a pull request's, or a merge group's. `records`
 * are reports on the head alone: a report on an earlier commit says nothing of this one. `since` is for merged
 * changes: the default branch's commit whose rules counted, and whose live versions were compared with.
 */
export async function loadChange(
  context: EventContext,
  { base, head, since }: { base: CommitId | undefined; head: CommitId; since?: CommitId | undefined },
  { records, snapshot }: { records: ReadonlyMap<string, Reported>; snapshot: RegistrySnapshot },
): Promise<ChangeState> {
  const tip = since ?? (await defaultTip(context));
  const plan = await planChange(context, base, head);
  const names = plan.models.map(({ model }) => model);
  const rules = await readRules(context, tip, plan.project, names);
  const asked = runnable(plan);
  const workflow =
    asked.length === 0
      ? undefined
      : await checkWorkflow(context.ports.objects, {
          use: "pulls",
          tip,
          head,
          base: base ?? tip,
          branch: context.repository.defaultBranch,
        });
  const going = runsOf(context).get(head);
  const models: ModelState[] = [];
  // What a merge met is told by the registration itself.
  const common = since === undefined && asked.length > 0 ? await mergeObstacles(context, tip, plan) : [];
  for (const planned of plan.models) {
    const { model } = planned;
    const reported = records.get(model);
    const record = isOutdated(reported, going) ? undefined : reported;
    const run = record?.run;
    const problems = problemsOf(plan, planned);
    const named = since === undefined && asked.includes(model) ? await nameObstacles(snapshot, model) : [];
    const failedJobs = record?.failed_jobs;
    const about = { model, planned, obstacles: [...common, ...named], ...(failedJobs ? { failedJobs } : {}) };
    if (problems.length > 0) models.push({ ...about, kind: "problem", problems });
    else if (!asked.includes(model)) models.push({ ...about, kind: "removed" });
    else if (workflow !== undefined) models.push({ ...about, kind: "refused", refusal: workflow.refusal, run });
    else if (record?.refusal) models.push({ ...about, kind: "refused", refusal: record.refusal, run });
    else if (record?.result?.unscored) {
      models.push({ ...about, ...(await unscored(context, record, { tip, head, model })) });
    } else if (record?.result) {
      const judged = await judge(record, record.result, { rules, plan, snapshot, past: since !== undefined });
      models.push({ ...about, ...judged });
    } else models.push({ ...about, kind: "waiting" });
  }
  return { plan, rules, run: going, models };
}

/** Why a result has no score yet. A merge group's has none: what it merges was scored, or waits for its merge. */
async function unscored(
  { ports: { objects } }: EventContext,
  { run, fork }: Reported,
  { tip, head, model }: { tip: CommitId; head: CommitId; model: string },
): Promise<Unscored> {
  const about = { kind: "unscored", run } as const;
  if (fork === undefined) return { ...about, waits: "merge", changes: [] };
  const changes = await changesOfJudge(objects, { tip, head, model });
  if (changes.length > 0) return { ...about, waits: "merge", changes };
  return { ...about, waits: fork ? "request" : "score", changes };
}

/** While a run goes on again, what an earlier one said is not what counts. */
function isOutdated(reported: Reported | undefined, going: RunState | undefined): boolean {
  if (reported === undefined || going === undefined || going.status === "completed") return false;
  const { run } = reported;
  return going.id > run.id || (going.id === run.id && going.attempt > run.attempt);
}

function problemsOf({ problems }: ChangePlan, { spec, problem }: PlannedModel) {
  const own = problems.filter(({ file }) => file === spec);
  return own.length === 0 && problem !== undefined ? [problem] : own;
}

async function judge(
  { run, charts }: Reported,
  reported: RunResult,
  about: { rules: PullRules; plan: ChangePlan; snapshot: RegistrySnapshot; past: boolean },
): Promise<Judged> {
  const { rules, snapshot, past } = about;
  const { model, evaluation } = reported;
  const { gates = {} } = rules.models.get(model) ?? {};
  const record = past ? undefined : await snapshot.model(model);
  const tries = await nextTries(snapshot, record?.name ?? model, reported, {
    every: Object.values(gates).flat(),
    budget: rules.budget,
  });
  const answered = evaluation && previewGates({ evaluation, gates, record: past ? "as-compared" : record, tries });
  const result = { ...reported, gates: answered ?? {}, tries };
  return {
    ...{ kind: "judged", result, run, charts },
    changes: await changesOf(reported, about),
    blockers: { register: registerBlockers(result), target: targetBlockers(result, rules.target, record) },
  };
}

/** The tries that a binding run of the same would spend now: what a run says of its own counts for nothing. */
async function nextTries(
  snapshot: RegistrySnapshot,
  model: string,
  { evaluation, predictions, data }: RunResult,
  rules: { every: AskedGate[]; budget: number },
): Promise<TryTerms[]> {
  if (!evaluation || !predictions || !data) return [];
  return (await chargeRun(snapshot, { evaluation, predictions, data }, model, rules)).terms;
}

/** From the version that the result was compared with. */
async function changesOf(
  result: RunResult,
  { rules, plan, snapshot }: { rules: PullRules; plan: ChangePlan; snapshot: RegistrySnapshot },
): Promise<VersionDiff | undefined> {
  const version = result.evaluation?.comparisons.find(({ stage }) => stage === rules.target)?.version;
  const compared = version === undefined ? undefined : await snapshot.manifest(result.model, version);
  if (compared === undefined) return undefined;
  const loaded = plan.project.models.get(result.model);
  const spec = loaded?.spec.environment;
  return diffVersions(compared.manifest, {
    ...result,
    source: { ...result.source, spec_blob: loaded?.blob },
    environment: { ...result.environment, ...(spec === undefined ? {} : { spec }) },
  });
}
