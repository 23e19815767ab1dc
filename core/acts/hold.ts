import type { ActSource } from "../../schemas/act-source.ts";
import type { Refusal } from "../../schemas/decision.ts";
import type { Hold } from "../../schemas/model-record.ts";
import type { Person } from "../../schemas/names.ts";
import type { Review } from "../../schemas/review.ts";
import type { Authorize } from "./authorize.ts";
import type { Ports } from "./ports.ts";

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
  /** Who asks may not: recorded nowhere. */
  | { outcome: "denied"; refusal: Refusal };

/** Puts a model on hold, so that nothing of it is promoted, or releases it. Rejects with MODEL_UNKNOWN. */
export async function holdModel(_ports: Ports, _request: HoldOptions): Promise<HoldResult> {
  throw new Error("not there yet");
}
