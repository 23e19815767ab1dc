import type { Refusal } from "../../schemas/decision.ts";

/** Why a run's result is not taken. Stable: they are told in the check and the comment, and kept on `experiments`. */
export const RESULT_REFUSALS = [
  // the run
  "WORKFLOW_CHANGED",
  "WORKFLOW_OUTDATED",
  "WORKFLOW_MISSING",
  "RUN_CANCELLED",
  // the artifact
  "RESULT_MISSING",
  "RESULT_DOUBLED",
  "RESULT_FOREIGN",
  "RESULT_EXPIRED",
  "RESULT_TOO_LARGE",
  "RESULT_DIGEST",
  "RESULT_ZIP_INVALID",
  // what it says
  "RESULT_INVALID",
  "RESULT_MISMATCH",
] as const;
export type ResultRefusalCode = (typeof RESULT_REFUSALS)[number];

/** An expected outcome, told to people: nothing was taken. */
export interface Refused {
  refusal: Refusal;
}

const AGAIN = "Run the pipeline again: comment `/retry`.";

export function refused(code: ResultRefusalCode, message: string, hint: string = AGAIN): Refused {
  return { refusal: { code, message, hint } };
}

export function isRefused(answer: object): answer is Refused {
  return "refusal" in answer;
}
