import type { ResultRegistration } from "../../core/acts/register-result.ts";
import type { Refusal } from "../../schemas/decision.ts";

/** What became of one model's result on the default branch. */
export interface Registered {
  model: string;
  answer: ResultRegistration | { outcome: "not-taken"; refusal: Refusal };
}
