import type { ActSource } from "../../schemas/act-source.ts";
import type { Decision, Refusal } from "../../schemas/decision.ts";
import type { GateResult } from "../../schemas/gate.ts";
import type { Person } from "../../schemas/names.ts";
import type { PromotionRequest } from "../../schemas/promotion-request.ts";
import type { Review } from "../../schemas/review.ts";
import type { Authorize } from "./authorize.ts";
import type { Ports } from "./ports.ts";

export interface ReviewOptions {
  verdict: "approve" | "reject";
  model: string;
  /** The request's id. */
  request: string;
  reason?: string | undefined;
  by: Person;
  source: ActSource;
  authorize?: Authorize | undefined;
}

export type ReviewResult =
  | { outcome: "promoted" | "refused"; decision: Decision }
  /** Recorded; more approvals are needed. */
  | { outcome: "waiting"; request: PromotionRequest; gates: GateResult[]; needed: number; given: number }
  | { outcome: "rejected"; request: PromotionRequest; review: Review }
  /** It was decided or rejected before, or its version went to the stage in another way. */
  | { outcome: "closed"; request: PromotionRequest }
  /** Who reviews may not, or asked for it themselves: recorded nowhere. */
  | { outcome: "denied"; refusal: Refusal };

/** Says yes or no to a request. Rejects with MODEL_UNKNOWN or REQUEST_UNKNOWN. */
export async function reviewRequest(_ports: Ports, _review: ReviewOptions): Promise<ReviewResult> {
  throw new Error("not there yet");
}
