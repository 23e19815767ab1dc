import { openRequests } from "../../../core/acts/open-requests.ts";
import { comparedLive, readLedger, spendTries } from "../../../core/acts/spend-tries.ts";
import { gateSubject } from "../../../core/gates/gate-words.ts";
import { measuredAs } from "../../../core/ledger/measured-as.ts";
import { approvalsOf, countingApprovals } from "../../../core/promotion/approvals.ts";
import { findRestorable } from "../../../core/promotion/decide-rollback.ts";
import { gateRefusals } from "../../../core/promotion/gate-refusals.ts";
import { previewGates } from "../../../core/promotion/preview-gates.ts";
import type { RegistrySnapshot } from "../../../core/registry/registry.ts";
import type { Refusal } from "../../../schemas/decision.ts";
import type { GateResult } from "../../../schemas/gate.ts";
import type { Manifest } from "../../../schemas/manifest.ts";
import type { ModelRecord } from "../../../schemas/model-record.ts";
import type { CommitId, StageName } from "../../../schemas/names.ts";
import type { PullResult } from "../../../schemas/pull-result.ts";
import { type DeploymentState, deploymentState } from "../../deployments/state.ts";
import type { EventContext } from "../../github/event-context.ts";
import { defaultTip, mergeBase, pullHead, registryOf } from "../../repositories/read-mirror.ts";
import { loadChange } from "./load-change.ts";
import type { PullRequest } from "./pull-request-cache.ts";
import { readRecords } from "./records.ts";
import { type PullRules, readRules } from "./rules.ts";
import type { MergedModel, PullState } from "./state.ts";

/** A version is looked for among the newest ones: later merges may have made some. */
const MOST_VERSIONS = 30;

/** Everything that the comment and the checks of a pull request follow from, as the mirror was last refreshed. */
export async function loadPull(context: EventContext, heard: PullRequest): Promise<PullState> {
  // Git knows the head; what a webhook said of it may be older.
  const pull = { ...heard, head: (await pullHead(context, heard.number)) ?? heard.head };
  const snapshot = await registryOf(context);
  const all = await readRecords(context, pull.number);
  const records = new Map([...all].filter(([, { head }]) => head === pull.head));
  const since = await mergedOnto(context, pull);
  const about = { base: await startOf(context, pull), head: pull.head, since };
  const change = await loadChange(context, about, { records, snapshot });
  if (pull.state !== "merged") return { ...change, pull, current: change.rules, merged: [] };
  const names = [...new Set([...change.models.map(({ model }) => model), ...all.keys()])].sort();
  const current = await readRules(context, await defaultTip(context), change.plan.project, names);
  const merged = names.map((model) => mergedModel(context, snapshot, current, pull, model, all.get(model)));
  return { ...change, pull, current, merged: await Promise.all(merged) };
}

/**
 * The commit at which the change starts. A merged change is in the default branch's history already, so the branch's
 * tip says nothing of it.
 */
export async function startOf(context: EventContext, pull: PullRequest): Promise<CommitId | undefined> {
  const { head, baseCommit, state } = pull;
  if (state !== "merged") return mergeBase(context, await defaultTip(context), head);
  return mergeBase(context, (await mergedOnto(context, pull)) ?? baseCommit, head);
}

/** The default branch as a pull request found it when it was merged; undefined before that, and where Git cannot say. */
async function mergedOnto(
  context: EventContext,
  { mergeCommit, head, state }: PullRequest,
): Promise<CommitId | undefined> {
  // Pushed by hand, its own head is the merge: what is before that is a part of it.
  if (state !== "merged" || mergeCommit === undefined || mergeCommit === head) return undefined;
  return firstParent(context, mergeCommit);
}

async function firstParent({ ports }: EventContext, commit: CommitId): Promise<CommitId | undefined> {
  return (await ports.objects.read(`${commit}^1^{commit}`))?.id;
}

async function mergedModel(
  context: EventContext,
  snapshot: RegistrySnapshot,
  rules: PullRules,
  { number }: PullRequest,
  model: string,
  reported: PullResult | undefined,
): Promise<MergedModel> {
  const record = await snapshot.model(model);
  const versions = record === undefined ? [] : (await snapshot.versions(model)).slice(-MOST_VERSIONS).reverse();
  for (const version of versions) {
    const found = await snapshot.manifest(model, version);
    if (record === undefined || found?.manifest.source.pull_request !== number) continue;
    const { manifest } = found;
    const decisions = await snapshot.list("decision", model);
    const refused = decisions.findLast((each) => each.outcome === "refused" && each.version === version);
    const overtaken =
      refused && decisions.some((each) => each.stage === refused.stage && each.decided_at > refused.decided_at);
    return {
      ...{ model, kind: "registered", manifest, record },
      deployments: await deploymentsOf(context, record, version),
      requests: await requestsOf(snapshot, model, version),
      ...(await openGates(snapshot, manifest, rules, record)),
      restorable: findRestorable({ record, stage: rules.target, decisions }).outcome === "found",
      refused: overtaken ? undefined : refused,
    };
  }
  const missed = reported?.registration;
  return missed === undefined ? { model, kind: "waiting" } : { model, kind: "missed", missed };
}

async function deploymentsOf(context: EventContext, record: ModelRecord, version: number) {
  const deployments = new Map<StageName, DeploymentState>();
  for (const [stage, assignment] of Object.entries(record.stages)) {
    const state = assignment.version === version && (await deploymentState(context, record.name, stage, assignment));
    if (state) deployments.set(stage, state);
  }
  return deployments;
}

async function requestsOf(snapshot: RegistrySnapshot, model: string, version: number) {
  const open = (await openRequests(snapshot, { model })).filter((request) => request.version === version);
  const reviews = open.length === 0 ? [] : await snapshot.list("review", model);
  return open.map((request) => {
    const { manifest: manifestBlob, requested_by: requestedBy } = request;
    const approvals = approvalsOf(request, reviews);
    return {
      request,
      given: countingApprovals({ approvals, manifestBlob, requestedBy, identifiesUsers: true }).length,
    };
  });
}

/** What the promotion itself may still answer, when it is asked for: by a comparison with what is in the stage then, by a try. */
const UNCOMPARED: ReadonlySet<string | undefined> = new Set([
  "COMPARISON_MISSING",
  "COMPARISON_STALE",
  "BASELINE_UNAVAILABLE",
  "TRY_NOT_SPENT",
]);

/** The target's gates, as they are now, that this version does not pass by what is on record of it. */
async function openGates(
  snapshot: RegistrySnapshot,
  { model, version, evaluation, predictions }: Manifest,
  { target, models, budget }: PullRules,
  record: ModelRecord,
): Promise<{ failing: Refusal[]; uncompared: Refusal[] }> {
  const asked = models.get(model)?.gates[target] ?? [];
  const later = asked.some(({ gate }) => gate.versus)
    ? await snapshot.list("comparison", model, (at) => at.version === version)
    : [];
  const all = [...evaluation.comparisons, ...later.map(({ comparison }) => comparison)];
  const current = all.filter((each) => each.version === record.stages[each.stage]?.version);
  const comparisons = [...current, ...all];
  const gates = { [target]: asked };
  const { terms, fresh } = spendTries(await readLedger(snapshot, evaluation.test), {
    ...{ candidate: predictions.sha256, gates: asked, budget },
    measured: measuredAs(evaluation),
    live: await comparedLive(snapshot, model, current),
  });
  // What costs a try is answered by whoever asks for the promotion.
  const tries = fresh.length === 0 ? terms : [];
  const results = previewGates({ evaluation: { ...evaluation, comparisons }, gates, record, tries })[target] ?? [];
  const tried = (stage: string) => current.some((each) => each.stage === stage);
  const uncompared = results.filter(({ reason }) => UNCOMPARED.has(reason));
  return {
    failing: gateRefusals(results.filter(({ reason }) => !UNCOMPARED.has(reason))),
    uncompared: gateRefusals(uncompared).map((refusal, at) => {
      const { gate } = uncompared[at] as GateResult;
      const live = gate.versus === undefined ? undefined : record.stages[gate.versus]?.version;
      if (gate.versus === undefined || live === undefined || tried(gate.versus)) return refusal;
      const message = `${gateSubject(gate)}: not compared yet with version ${live}, which is in ${gate.versus} now.`;
      return { code: refusal.code, message };
    }),
  };
}
