import type { ActSource } from "../../schemas/act-source.ts";
import type { Refusal } from "../../schemas/decision.ts";
import type { Person } from "../../schemas/names.ts";
import type { PromotionRequest } from "../../schemas/promotion-request.ts";
import type { Review } from "../../schemas/review.ts";
import { actId } from "../promotion/act-id.ts";
import { approvalsOf } from "../promotion/approvals.ts";
import { overtaken } from "../promotion/overtaken.ts";
import { requestState } from "../promotion/request-state.ts";
import type { Authorize, AuthorizeApprover } from "./authorize.ts";
import { decidingBranch } from "./binding.ts";
import { decideAndPublish } from "./decide-and-publish.ts";
import { decideStage, type StageOutcome } from "./decide-stage.ts";
import { readPolicy } from "./policy.ts";
import type { Ports } from "./ports.ts";
import { knownModel } from "./registered.ts";
import { standingApprovals } from "./standing-approvals.ts";

export interface PromoteOptions {
  model: string;
  /** The latest one where absent. */
  version?: number | undefined;
  stage: string;
  reason?: string | undefined;
  requestedBy: Person;
  /** Decide, and publish nothing. */
  preview?: boolean | undefined;
  /** Where it was asked for, and so the act's key; absent on a command line. */
  source?: ActSource | undefined;
  /** See StageAsk. */
  comparesElsewhere?: boolean | undefined;
  authorize?: Authorize | undefined;
  mayApprove?: AuthorizeApprover | undefined;
}

export type PromotionResult =
  | StageOutcome
  /** The same act again, after its request was rejected. */
  | { outcome: "rejected"; request: PromotionRequest; review: Review }
  /** Who asks may not, or asks too late: recorded nowhere. */
  | { outcome: "denied"; refusal: Refusal };

/**
 * Decides whether a version may go to a stage, and publishes the decision, a refusal too; or, where the gates pass and
 * approvals are missing, the request that waits for them. Who may, policy and gates are read from the default branch's
 * tip for each attempt, so a lost race decides again. An act with a source is done once: what it came to is found by its
 * key, and while its request is open it is decided anew. Rejects with MODEL_UNKNOWN, VERSION_UNKNOWN or STAGE_UNKNOWN.
 */
export async function promoteVersion(ports: Ports, options: PromoteOptions): Promise<PromotionResult> {
  const { stage, version, reason, requestedBy, source, authorize, mayApprove } = options;
  const key = source && actId(source);
  const built = new Set<string>();
  const decide: Parameters<typeof decideAndPublish<PromotionResult>>[1] = async (snapshot, tip) => {
    const record = await knownModel(snapshot, options.model);
    const { name: model } = record;
    const decisions = await snapshot.list("decision", model);
    // Without a key: a connection that broke after the push; what is in the stage is this act's own doing.
    const done = decisions.find(({ id, request }) => (key === undefined ? built.has(id) : request === key));
    if (done) return { result: { outcome: done.outcome, decision: done } };
    const recorded = key === undefined ? undefined : await snapshot.read({ kind: "request", model, id: key });
    const reviews = recorded ? await snapshot.list("review", model) : [];
    const state = recorded && requestState(recorded, { decisions, reviews });
    if (recorded && state?.state === "rejected")
      return { result: { outcome: "rejected", request: recorded, review: state.review } };
    if (recorded && state?.state === "overtaken")
      return { result: { outcome: "unchanged", version: recorded.version } };

    const live = decisions.find(({ id }) => id === record.stages[stage]?.decision);
    const policy = await readPolicy(ports, tip);
    const refusal = (await authorize?.(policy)) ?? overtaken(source, [live]);
    if (refusal) return { result: { outcome: "denied", refusal } };
    const decided = await decideStage(ports, snapshot, tip, {
      ...{ preview: options.preview, comparesElsewhere: options.comparesElsewhere },
      ...(recorded ? askedIn(recorded) : { model, stage, version, reason, requestedBy, source }),
      approvals: recorded ? await standingApprovals(approvalsOf(recorded, reviews), policy, mayApprove) : [],
    });
    if ("decision" in decided.result) built.add(decided.result.decision.id);
    return decided;
  };
  if (!options.preview) return decideAndPublish(ports, decide);
  const snapshot = await ports.registry.snapshot();
  return (await decide(snapshot, (await decidingBranch(ports)).commit)).result;
}

/** What a recorded request asks for: its words count, whatever became of the comment since. */
export function askedIn(request: PromotionRequest) {
  const { model, stage, version, reason, requested_by: requestedBy, source } = request;
  return { model, stage, version, reason, requestedBy, source, recorded: request };
}
