import type { ModelStanding } from "../core/acts/monitor-states.ts";
import { REASONS, type ReasonCode, SlipwayError } from "../core/errors.ts";
import { counted } from "../core/report/verdict-words.ts";
import type { MonitorResult } from "../schemas/monitoring.ts";
import { plainLine } from "./plain-text.ts";

/** Why `slipway monitor` ends otherwise than with 0: a model is alarmed and nobody snoozed it, or not all went well. */
export function monitorRefusal(
  standings: readonly ModelStanding[],
  problems: MonitorResult["problems"],
): { refusal?: SlipwayError } {
  const alarmed = standings.filter(({ state }) => state.state === "alarmed" && state.snoozed === undefined);
  const [first] = problems;
  if (alarmed.length > 0) {
    const names = alarmed.map(({ state }) => plainLine(state.model)).join(", ");
    return { refusal: new SlipwayError("MONITOR_ALARMED", `alarmed: ${names}`) };
  }
  if (first === undefined) return {};
  const told = problems.map(({ model, code, message }) => ({ code, message: `${model}: ${message}` }));
  const message = `not all went well: ${counted(problems.length, "problem")}`;
  return { refusal: new SlipwayError(codeOf(first.code), message, { problems: told }) };
}

/** A problem's code is one of ours; what another version of Slipway calls one counts as a store's. */
function codeOf(code: string): ReasonCode {
  return Object.hasOwn(REASONS, code) ? (code as ReasonCode) : "STORE_FAILED";
}
