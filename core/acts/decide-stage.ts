import type { ActSource } from "../../schemas/act-source.ts";
import type { Approval, Decision } from "../../schemas/decision.ts";
import type { GateResult } from "../../schemas/gate.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { CommitId, Person } from "../../schemas/names.ts";
import type { PromotionRequest } from "../../schemas/promotion-request.ts";
import type { Review } from "../../schemas/review.ts";
import type { RolloutState } from "../../schemas/rollout.ts";
import type { TryTerms } from "../../schemas/try.ts";
import { timestamp } from "../clock.ts";
import { WORKFLOWS } from "../github.ts";
import { actId } from "../promotion/act-id.ts";
import { decidePromotion, decidingPolicy } from "../promotion/decide-promotion.ts";
import { rulesFor, unsignedEvaluation } from "../promotion/evaluated.ts";
import { lostHold } from "../promotion/hold.ts";
import { decisionChange, recordChange, reviewChange, withTries } from "../registry/records.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import { newSources } from "../registry/sources.ts";
import { currentRollout } from "../rollout/state.ts";
import { openCommit } from "../source/commit.ts";
import { checkStored } from "./check-artifact.ts";
import { stageRefusals } from "./checked-version.ts";
import type { ComparedPair } from "./compare-title.ts";
import type { Decided } from "./decide-and-publish.ts";
import { decisionEvidence, NO_EVIDENCE } from "./decision-evidence.ts";
import { readGates } from "./policy.ts";
import type { Ports } from "./ports.ts";
import { knownModel, knownVersion, withLastEvaluation } from "./registered.ts";
import { truncateReason } from "./truncate-reason.ts";

/** That a version go to a stage, as it is asked for now or was asked for in a recorded request. */
export interface StageAsk {
  model: string;
  stage: string;
  /** The latest one where absent. */
  version?: number | undefined;
  reason?: string | undefined;
  requestedBy: Person;
  source?: ActSource | undefined;
  /** The request, where it is recorded. */
  recorded?: PromotionRequest | undefined;
  approvals: readonly Approval[];
  /** The review that this follows from, to be recorded with what it brings about. */
  review?: Review | undefined;
  /** Nothing is published: a try that is not spent yet is not spent now, and what it would answer is not answered. */
  preview?: boolean | undefined;
  /** Whoever asks can have versions compared by a host that may read the store, where this one may not. */
  comparesElsewhere?: boolean | undefined;
}

export type StageOutcome =
  /** `unspent`: of a preview, the tries that the answer costs. */
  | { outcome: Decision["outcome"]; decision: Decision; unspent?: TryTerms[] }
  /** In the stage already, or on its way there by `rollout`. */
  | { outcome: "unchanged"; version: number; rollout?: RolloutState }
  /** Nothing but comparisons is missing, which another host can make: the request is on record until it has. */
  | { outcome: "comparing"; request: PromotionRequest; pairs: ComparedPair[] }
  | {
      outcome: "waiting";
      request: PromotionRequest;
      gates: GateResult[];
      tries: readonly TryTerms[];
      needed: number;
      given: number;
    };

/** Decides by the rules at `tip`, on evidence that holds now. Rejects with VERSION_UNKNOWN or STAGE_UNKNOWN. */
export async function decideStage(
  ports: Ports,
  snapshot: RegistrySnapshot,
  tip: CommitId,
  ask: StageAsk,
): Promise<Decided<StageOutcome>> {
  const { stage, requestedBy, source, recorded, approvals, review } = ask;
  const record = await knownModel(snapshot, ask.model);
  const { name: model, display_name } = record;
  const version = await withLastEvaluation(snapshot, await knownVersion(snapshot, record, ask.version));
  const { manifest, blob: manifestBlob, evaluation } = version;
  const about = { displayName: display_name, ...rulesFor(version) };
  const rules = await readGates(ports, tip, model, stage, about);
  const { gates, policy, stages, signers } = rules;
  const unchanged = [record.stages[stage], currentRollout(record, stage)].some(
    (each) => each?.version === manifest.version,
  );
  const at = timestamp(ports.clock());
  const { comparisons, tries, elsewhere, spending } = unchanged
    ? NO_EVIDENCE
    : await decisionEvidence(ports, snapshot, version, rules, ask.preview === true);
  const decided = decidePromotion({
    ...{ record, stage, stages, gates, policy, manifest, manifestBlob, evaluation, requestedBy, source, approvals, at },
    ...truncateReason(ask.reason),
    untrusted: unchanged
      ? []
      : [
          ...(await stageRefusals(ports, snapshot, { ...manifest, stage }, signers)),
          ...unsignedEvaluation(version, signers),
          ...lostHold(record, await snapshot.list("review", model)),
        ],
    ...{ comparisons, tries },
    artifactCheck: unchanged ? { outcome: "present" } : await checkStored(ports, tip, manifest),
    identifiesUsers: ports.identifiesUsers,
    host: ports.name,
  });
  if (decided.outcome === "unchanged") return { result: { ...decided, version: manifest.version } };

  const named = { ...ask, model };
  const asked =
    recorded ?? (source && requestFor({ ...named, source }, manifest, manifestBlob, { at, record, host: ports.name }));
  const request = recorded === undefined ? asked : undefined;
  if (ask.comparesElsewhere && !ask.preview && asked && (await isOnlyUncompared(ports, tip, decided, elsewhere))) {
    const pairs = elsewhere.flatMap((each) => {
      const live = record.stages[each]?.version;
      return live === undefined ? [] : [{ model, version: manifest.version, stage: each, live }];
    });
    const change = request ? recordChange("request", [request]) : review && reviewChange({ review, record });
    return { result: { outcome: "comparing", request: asked, pairs }, change };
  }
  const spent = {
    ...({ model, version: manifest.version, policy: decidingPolicy(policy), act: "promote", stage } as const),
    ...{ outcome: decided.outcome, commit: manifest.source.commit, by: review?.by ?? requestedBy },
    // What waits is written with the review that it waits after, at that one's moment.
    at: decided.outcome === "waiting" ? (review?.at ?? at) : at,
    host: ports.name,
  };
  const ledger = spending?.files(spent) ?? [];
  const used = await newSources(ports.objects, snapshot, [policy.blob, policy.specBlob]);
  if (decided.outcome === "waiting") {
    if (asked === undefined) throw new Error("nothing waits without a request");
    const change = request ? recordChange("request", [request]) : review && reviewChange({ review, record });
    const tried = ledger.length === 0 ? [] : [...ledger, ...used];
    const written = change ? withTries(change, tried) : spending?.alone(spent, used);
    return { result: { ...decided, request: asked }, change: written };
  }
  const { outcome, decision } = decided;
  const unspent = spending?.fresh.map(({ id, budget, before, level }) => ({ id, budget, before, level }));
  const result = { outcome, decision, ...(ask.preview && unspent?.length ? { unspent } : {}) };
  const known = await snapshot.read({ kind: "decision", model, id: decision.id });
  if (known !== undefined) return { result: { ...result, decision: known } };
  const change = decisionChange({ decision, record, request, review, sources: used });
  return { result, change: withTries(change, ledger) };
}

function requestFor(
  { model, stage, reason, requestedBy, source }: StageAsk & { source: ActSource },
  { version, artifact }: { version: number; artifact: { sha256: string } },
  manifest: string,
  { at, record, host }: { at: string; record: ModelRecord; host: string },
): PromotionRequest {
  return {
    slipway: 1,
    id: actId(source),
    ...{ model, stage, version, manifest },
    artifact_sha256: artifact.sha256,
    ...truncateReason(reason),
    requested_by: requestedBy,
    requested_at: at,
    after_assignment: record.assignments ?? 0,
    source,
    host,
  };
}

/** Whether comparisons that another host can make are all that keeps a version out, and the default branch has what makes them. */
async function isOnlyUncompared(
  { objects }: Pick<Ports, "objects">,
  tip: CommitId,
  decided: ReturnType<typeof decidePromotion>,
  elsewhere: readonly string[],
): Promise<boolean> {
  if (decided.outcome !== "refused" || elsewhere.length === 0) return false;
  const { refusals, gates } = decided.decision;
  const open = gates.filter(({ verdict }) => verdict !== "pass");
  if (!refusals.every(({ code }) => code === "GATE_INCONCLUSIVE" || code === "APPROVALS_MISSING")) return false;
  if (open.length === 0 || !open.every(({ gate }) => gate.versus !== undefined && elsewhere.includes(gate.versus)))
    return false;
  const [workflow] = await openCommit(objects, tip).blobs([WORKFLOWS.compare.path]);
  return workflow !== undefined;
}
