import type { ModelRecord } from "../../schemas/model-record.ts";
import type { Review } from "../../schemas/review.ts";

/** The model's record after a `hold` or an `unhold`; everything else in it survives. */
export function withHold(record: ModelRecord, { id, verdict, by, at, reason }: Review): ModelRecord {
  const { hold: _, ...rest } = record;
  const updated_at = at > record.updated_at ? at : record.updated_at;
  if (verdict !== "hold") return { ...rest, updated_at } as ModelRecord;
  return { ...record, hold: { review: id, by, at, ...(reason === undefined ? {} : { reason }) }, updated_at };
}

/** The review that a model's hold follows from: the last of its holds and releases, where that is a hold. */
export function holdingReview(reviews: readonly Review[]): Review | undefined {
  const last = reviews
    .filter(({ verdict }) => verdict === "hold" || verdict === "unhold")
    .reduce<Review | undefined>(
      (newest, each) => (newest === undefined || each.at > newest.at ? each : newest),
      undefined,
    );
  return last?.verdict === "hold" ? last : undefined;
}
