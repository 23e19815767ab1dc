import type { ActSource } from "../../schemas/act-source.ts";
import type { Refusal } from "../../schemas/decision.ts";
import type { Person } from "../../schemas/names.ts";
import type { PromotionRequest } from "../../schemas/promotion-request.ts";
import type { Review } from "../../schemas/review.ts";
import { timestamp } from "../clock.ts";
import { SlipwayError } from "../errors.ts";
import { actId } from "../promotion/act-id.ts";
import { approvalsOf, samePerson } from "../promotion/approvals.ts";
import { requestState } from "../promotion/request-state.ts";
import { reviewChange } from "../registry/records.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import type { Authorize, AuthorizeApprover } from "./authorize.ts";
import { type Decided, decideAndPublish } from "./decide-and-publish.ts";
import { decideStage, type StageOutcome } from "./decide-stage.ts";
import { readPolicy } from "./policy.ts";
import type { Ports } from "./ports.ts";
import { askedIn } from "./promote.ts";
import { knownModel } from "./registered.ts";
import { standingApprovals } from "./standing-approvals.ts";
import { truncateReason } from "./truncate-reason.ts";

export interface ReviewOptions {
  verdict: "approve" | "reject";
  model: string;
  /** The request's id. */
  request: string;
  reason?: string | undefined;
  by: Person;
  source: ActSource;
  /** See StageAsk. */
  comparesElsewhere?: boolean | undefined;
  authorize?: Authorize | undefined;
  mayApprove?: AuthorizeApprover | undefined;
}

export type ReviewResult =
  /** `waiting`: recorded, and more approvals are needed. */
  | Exclude<StageOutcome, { outcome: "unchanged" }>
  | { outcome: "rejected"; request: PromotionRequest; review: Review }
  /** It was decided or rejected before, or its version went to the stage by another request. */
  | { outcome: "closed"; request: PromotionRequest }
  /** Who reviews may not, or approves what they asked for themselves: recorded nowhere. */
  | { outcome: "denied"; refusal: Refusal };

/**
 * Says yes or no to a request. A yes is recorded in one commit with what it brings about: the gates are asked again, and
 * decide. Done once by its source; the same review again answers what became of the request.
 * Rejects with MODEL_UNKNOWN or REQUEST_UNKNOWN.
 */
export async function reviewRequest(ports: Ports, options: ReviewOptions): Promise<ReviewResult> {
  const { verdict, model, source, authorize, mayApprove } = options;
  return decideAndPublish(ports, async (snapshot, tip): Promise<Decided<ReviewResult>> => {
    const record = await knownModel(snapshot, model);
    const reviews = await snapshot.list("review", model);
    const before = reviews.find(({ id }) => id === actId(source));
    // What was said was said of one request, whichever a host takes it for when it comes again.
    const request = await knownRequest(snapshot, model, before?.request ?? options.request);
    const state = requestState(request, { decisions: await snapshot.list("decision", model), reviews });
    if (state.state !== "open")
      return { result: before === undefined ? { outcome: "closed", request } : became(request, state) };

    const policy = await readPolicy(ports, tip);
    if (before === undefined) {
      const refusal = (await authorize?.(policy)) ?? ownRequest(request, options);
      if (refusal) return { result: { outcome: "denied", refusal } };
    }
    const review = before ?? reviewOf(request, options, ports);
    if (verdict === "reject")
      return { result: { outcome: "rejected", request, review }, change: reviewChange({ review, record }) };
    const earlier = await standingApprovals(approvalsOf(request, reviews), policy, mayApprove);
    const approvals = before === undefined ? [...earlier, ...approvalsOf(request, [review])] : earlier;
    const recorded = before === undefined ? { review } : {};
    const { result, change } = await decideStage(ports, snapshot, tip, {
      ...askedIn(request),
      approvals,
      ...recorded,
      comparesElsewhere: options.comparesElsewhere,
    });
    if (result.outcome === "unchanged") return { result: { outcome: "closed", request } };
    return { result, change };
  });
}

/** What a review that is recorded already has come to. */
function became(request: PromotionRequest, state: ReturnType<typeof requestState>): ReviewResult {
  if (state.state === "decided") return { outcome: state.decision.outcome, decision: state.decision };
  if (state.state === "rejected") return { outcome: "rejected", request, review: state.review };
  return { outcome: "closed", request };
}

function ownRequest({ requested_by }: PromotionRequest, { verdict, by }: ReviewOptions): Refusal | undefined {
  if (verdict === "reject" || !samePerson(requested_by, by)) return undefined;
  return {
    code: "OWN_REQUEST",
    message: `${by.name} asked for this promotion: an approval is somebody else's.`,
    hint: "Ask somebody else to approve it.",
  };
}

function reviewOf(request: PromotionRequest, { verdict, reason, by, source }: ReviewOptions, ports: Ports): Review {
  const { id, model, stage, version, manifest, artifact_sha256 } = request;
  return {
    slipway: 1,
    id: actId(source),
    ...{ verdict, model, request: id, stage, version, manifest, artifact_sha256 },
    ...truncateReason(reason),
    by,
    at: timestamp(ports.clock()),
    source,
    host: ports.name,
  };
}

async function knownRequest(snapshot: RegistrySnapshot, model: string, id: string): Promise<PromotionRequest> {
  const request = await snapshot.read({ kind: "request", model, id });
  if (request) return request;
  throw new SlipwayError("REQUEST_UNKNOWN", `Nobody has asked for a promotion of ${model} with the key ${id}`, {
    expected: "the id of a request in the registry",
    found: id,
    hint: `git log registry --grep 'Slipway-Model: ${model}'`,
  });
}
