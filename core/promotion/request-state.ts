import type { Decision } from "../../schemas/decision.ts";
import type { PromotionRequest } from "../../schemas/promotion-request.ts";
import type { Review } from "../../schemas/review.ts";

/** What has become of a request. But for `open`, it stays so. */
type RequestState =
  | { state: "open" }
  | { state: "decided"; decision: Decision }
  | { state: "rejected"; review: Review }
  /** Its version went to the stage by another request since: approvals of this one must not bring it back one day. */
  | { state: "overtaken"; decision: Decision };

/** Follows from the records alone: `decisions` and `reviews` are the model's, in any order. */
export function requestState(
  request: PromotionRequest,
  { decisions, reviews }: { decisions: readonly Decision[]; reviews: readonly Review[] },
): RequestState {
  const decided = decisions.find(({ request: of }) => of === request.id);
  if (decided !== undefined) return { state: "decided", decision: decided };
  const rejected = reviews.find(({ verdict, request: of }) => verdict === "reject" && of === request.id);
  if (rejected !== undefined) return { state: "rejected", review: rejected };
  const overtaken = decisions.find(
    ({ stage, version, assignment = 0 }) =>
      stage === request.stage && version === request.version && assignment > request.after_assignment,
  );
  return overtaken === undefined ? { state: "open" } : { state: "overtaken", decision: overtaken };
}
