import type { Refusal } from "../../schemas/decision.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { Review } from "../../schemas/review.ts";
import { laterOf } from "../clock.ts";

/** The model's record after a `hold` or an `unhold`; everything else in it survives. */
export function withHold(record: ModelRecord, { id, verdict, by, at, reason }: Review): ModelRecord {
  const { hold: _, ...rest } = record;
  const updated_at = laterOf(at, record.updated_at);
  if (verdict !== "hold") return { ...rest, updated_at } as ModelRecord;
  return { ...record, hold: { review: id, by, at, reason }, updated_at };
}

/** The review that a model's hold follows from: the last of its holds and releases, where that is a hold. In the order of their commits. */
export function holdingReview(reviews: readonly Review[]): Review | undefined {
  const last = reviews.findLast(({ verdict }) => verdict === "hold" || verdict === "unhold");
  return last?.verdict === "hold" ? last : undefined;
}

/**
 * Why nothing is promoted though the model's record names no hold: its reviews do. Holds and releases take turns, so that
 * more holds than releases are a hold, whatever moments they say; a hold and a release by an act set it right again.
 */
export function lostHold({ name, hold }: ModelRecord, reviews: readonly Review[]): Refusal[] {
  const count = (verdict: Review["verdict"]) => reviews.filter((review) => review.verdict === verdict).length;
  const held = holdingReview([...reviews].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)));
  if (hold !== undefined || held === undefined || count("hold") <= count("unhold")) return [];
  return [
    {
      code: "RECORD_FORGED",
      message: `${held.by.name} put ${name} on hold, nobody released it, and its model.json no longer says so.`,
      hint: "Only slipway writes the branch registry. `slipway verify` lists what is wrong. `/hold` and then `/unhold` release it.",
    },
  ];
}
