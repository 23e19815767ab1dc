import type { ActSource } from "../../schemas/act-source.ts";
import type { Refusal } from "../../schemas/decision.ts";
import type { Hold } from "../../schemas/model-record.ts";
import type { Person } from "../../schemas/names.ts";
import type { Review } from "../../schemas/review.ts";
import { timestamp } from "../clock.ts";
import { actId } from "../promotion/act-id.ts";
import { overtaken } from "../promotion/overtaken.ts";
import { reviewChange } from "../registry/records.ts";
import type { Authorize } from "./authorize.ts";
import { type Decided, decideAndPublish } from "./decide-and-publish.ts";
import { readPolicy } from "./policy.ts";
import type { Ports } from "./ports.ts";
import { knownModel } from "./registered.ts";
import { truncateReason } from "./truncate-reason.ts";

export interface HoldOptions {
  model: string;
  /** Whether to put it on hold, or to release it. */
  hold: boolean;
  reason?: string | undefined;
  by: Person;
  source: ActSource;
  authorize?: Authorize | undefined;
}

export type HoldResult =
  | { outcome: "held" | "released"; review: Review }
  /** It is on hold already (`hold` says since when), or was not. */
  | { outcome: "unchanged"; hold?: Hold }
  /** Who asks may not, or asks too late: recorded nowhere. */
  | { outcome: "denied"; refusal: Refusal };

/**
 * Puts a model on hold, so that nothing of it is promoted, or releases it. Done once by its source: the same hold again,
 * after a release, holds nothing. Rejects with MODEL_UNKNOWN.
 */
export async function holdModel(ports: Ports, options: HoldOptions): Promise<HoldResult> {
  const { hold, reason, by, source, authorize } = options;
  const outcome = hold ? "held" : "released";
  return decideAndPublish(ports, async (snapshot, tip): Promise<Decided<HoldResult>> => {
    const record = await knownModel(snapshot, options.model);
    const { name: model } = record;
    const reviews = await snapshot.list("review", model);
    const before = reviews.find(({ id }) => id === actId(source));
    if (before) return { result: { outcome, review: before } };
    const holds = reviews.filter(({ verdict }) => verdict === "hold" || verdict === "unhold");
    const refusal = (await authorize?.(await readPolicy(ports, tip))) ?? overtaken(source, holds);
    if (refusal) return { result: { outcome: "denied", refusal } };
    if ((record.hold !== undefined) === hold)
      return { result: { outcome: "unchanged", ...(record.hold ? { hold: record.hold } : {}) } };
    const review: Review = {
      slipway: 1,
      id: actId(source),
      verdict: hold ? "hold" : "unhold",
      model,
      ...truncateReason(reason),
      by,
      at: timestamp(ports.clock()),
      source,
      host: ports.name,
    };
    return { result: { outcome, review }, change: reviewChange({ review, record }) };
  });
}
