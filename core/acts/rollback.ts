import type { ActSource } from "../../schemas/act-source.ts";
import type { Decision, Refusal } from "../../schemas/decision.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { Person } from "../../schemas/names.ts";
import type { RolloutRecord } from "../../schemas/rollout.ts";
import { timestamp } from "../clock.ts";
import { actId } from "../promotion/act-id.ts";
import { askedAt } from "../promotion/decide-promotion.ts";
import { decideRollback, findRestorable } from "../promotion/decide-rollback.ts";
import { leftAlone } from "../promotion/left-alone.ts";
import { overtaken } from "../promotion/overtaken.ts";
import { decisionChange, rolloutChange } from "../registry/records.ts";
import { newSources } from "../registry/sources.ts";
import { currentRollout, endOfRollout } from "../rollout/state.ts";
import type { Authorize } from "./authorize.ts";
import { checkStored } from "./check-artifact.ts";
import { stageRefusals } from "./checked-version.ts";
import { type Decided, decideAndPublish } from "./decide-and-publish.ts";
import { readGates, readPolicy } from "./policy.ts";
import type { Ports } from "./ports.ts";
import { knownModel, knownVersion } from "./registered.ts";
import { truncateReason } from "./truncate-reason.ts";

export interface RollbackRequest {
  model: string;
  stage: string;
  /** A version that was in the stage before; without it, the one before the present one. */
  to?: number | undefined;
  reason?: string | undefined;
  requestedBy: Person;
  /** Where it was asked for, and so the act's key; absent on a command line. */
  source?: ActSource | undefined;
  authorize?: Authorize | undefined;
}

export type RollbackResult =
  | { outcome: "rolled-back"; decision: Decision }
  /** The stage stays as it was: what was on its way there is not any more. */
  | { outcome: "aborted"; ended: RolloutRecord }
  | { outcome: "unchanged"; version: number }
  | { outcome: "refused"; refusals: Refusal[] }
  /** Who asks may not, or asks too late: recorded nowhere. */
  | { outcome: "denied"; refusal: Refusal };

/**
 * Brings back what was in the stage before, as a new record; a model on hold too. While another version is rolled out, what was
 * before is what is in the stage still: unless an earlier version is named, that rollout ends, and nothing else happens. With a source it is done once: the
 * same act again is no second step back. Rejects with MODEL_UNKNOWN.
 */
export async function rollBack(ports: Ports, request: RollbackRequest): Promise<RollbackResult> {
  const { stage, source, authorize } = request;
  const key = source && actId(source);
  const built = new Set<string>();
  const ending = new Set<string>();
  return decideAndPublish(ports, async (snapshot, tip): Promise<Decided<RollbackResult>> => {
    const record = await knownModel(snapshot, request.model);
    const { name: model, display_name } = record;
    const decisions = await snapshot.list("decision", model);
    // Without a key: a connection that broke after the push; one more step back would be one too many.
    const done = decisions.find(({ id, request: of }) => (key === undefined ? built.has(id) : of === key));
    if (done) return { result: { outcome: "rolled-back", decision: done } };
    // Whoever ended it: one more step back would be one too many. A step that it took meanwhile has not ended it.
    const ends = (await snapshot.list("rollout", model)).find(({ decision, act, request: of }) =>
      key === undefined ? act === "abort" && ending.has(decision) : of === key,
    );
    if (ends) return { result: { outcome: "aborted", ended: ends } };
    const live = decisions.find(({ id }) => id === record.stages[stage]?.decision);
    const refusal =
      (await authorize?.(await readPolicy(ports, tip))) ??
      overtaken(source, [live]) ??
      leftAlone(source, { model, stage, live, rollout: currentRollout(record, stage) });
    if (refusal) return { result: { outcome: "denied", refusal } };
    const ended = rolledBack(record, request, ports);
    if (ended !== undefined) {
      ending.add(ended.decision);
      return { result: { outcome: "aborted", ended }, change: rolloutChange({ rollout: ended, record }) };
    }
    const inStage = record.stages[stage] && (await snapshot.manifest(model, record.stages[stage].version));
    const imported = inStage?.manifest.imported !== undefined;
    const { gates, policy, signers } = await readGates(ports, tip, model, stage, {
      displayName: display_name,
      imported,
    });
    const at = timestamp(ports.clock());
    const found = findRestorable({ record, stage, decisions, to: request.to });
    if (found.outcome === "refused") return { result: found };
    if (found.outcome === "unchanged")
      return { result: { outcome: "unchanged", version: record.stages[stage]?.version ?? 0 } };
    const { manifest } = await knownVersion(snapshot, record, found.restored.version);
    const outcome = decideRollback({
      ...request,
      ...truncateReason(request.reason),
      ...{ record, decisions, gates, policy, at },
      artifactCheck: await checkStored(ports, tip, manifest),
      host: ports.name,
    });
    if (outcome.outcome === "refused") return { result: outcome };
    if (outcome.outcome === "unchanged") throw new Error("a rollback that changes something came to nothing");
    const { decision } = outcome;
    const untrusted = await stageRefusals(ports, snapshot, decision, signers);
    if (untrusted.length > 0) return { result: { outcome: "refused", refusals: untrusted } };
    built.add(decision.id);
    const sources = await newSources(ports.objects, snapshot, [policy.blob, policy.specBlob]);
    return { result: { outcome: "rolled-back", decision }, change: decisionChange({ decision, record, sources }) };
  });
}

/** What ends a rollout, where the version that is in the stage still is the one to bring back. */
function rolledBack(
  record: ModelRecord,
  { stage, to, reason, source, requestedBy: by }: RollbackRequest,
  ports: Ports,
): RolloutRecord | undefined {
  const live = record.stages[stage]?.version;
  if (to !== undefined && to !== live) return undefined;
  const ended = endOfRollout(record, stage, {
    cause: "rolled-back",
    reason: truncateReason(reason).reason ?? `version ${live} stays in ${stage}`,
    by,
    at: timestamp(ports.clock()),
    host: ports.name,
  });
  return ended && { ...ended, ...askedAt(source) };
}
