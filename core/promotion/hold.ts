import type { ModelRecord } from "../../schemas/model-record.ts";
import type { Review } from "../../schemas/review.ts";
import { laterOf } from "../clock.ts";

/** The model's record after a `hold` or an `unhold`; everything else in it survives. */
export function withHold(record: ModelRecord, { id, verdict, by, at, reason }: Review): ModelRecord {
  const { hold: _, ...rest } = record;
  const updated_at = laterOf(at, record.updated_at);
  if (verdict !== "hold") return { ...rest, updated_at } as ModelRecord;
  return { ...record, hold: { review: id, by, at, ...(reason === undefined ? {} : { reason }) }, updated_at };
}

/** The review that a model's hold follows from: the last of its holds and releases, where that is a hold. In the order of their commits. */
export function holdingReview(reviews: readonly Review[]): Review | undefined {
  const last = reviews.findLast(({ verdict }) => verdict === "hold" || verdict === "unhold");
  return last?.verdict === "hold" ? last : undefined;
}
