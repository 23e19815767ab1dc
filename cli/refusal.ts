import { REASONS, type ReasonCode, SlipwayError } from "../core/errors.ts";
import type { Refusal } from "../schemas/decision.ts";

/** A decision's refusals as the one error that a command ends with. Its code is the first refusal's. */
export function refusalError(message: string, refusals: readonly Refusal[]): SlipwayError {
  const problems = refusals.map(({ code, message: said, hint }) => ({
    code,
    message: said,
    ...(hint ? { hint } : {}),
  }));
  const code = refusals.map((refusal) => refusal.code).find((each): each is ReasonCode => each in REASONS);
  return new SlipwayError(code && REASONS[code] === "refused" ? code : "GATE_FAILED", message, { problems });
}
