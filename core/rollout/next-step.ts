import type { Timestamp } from "../../schemas/names.ts";
import type { RolloutFigures, RolloutPlan, RolloutState } from "../../schemas/rollout.ts";
import { abortOf } from "./abort.ts";
import { stepEnd, stepWords } from "./plan.ts";

/** What was counted of a rollout's present step. */
export interface Observed {
  figures: RolloutFigures;
  /** Up to when. */
  until: Timestamp;
}

/** What becomes of a rollout now, and why. */
export type NextStep =
  | { act: "advance"; step: number; reason: string }
  /** The next step is the last: the version goes into the stage. */
  | { act: "complete"; step: number; reason: string }
  | { act: "wait"; reason: string }
  /** For want of figures. It goes on by itself once there are enough. */
  | { act: "pause"; reason: string }
  | { act: "abort"; reason: string };

/** How long after a step's end a report may come that reaches up to it. */
const GRACE_MS = 10 * 60_000;

/**
 * A rollout advances if its step's time is over, the figures reach up to its end, every rule that applies has an answer, and
 * each is kept. A broken rule ends it at any time, paused or not. Where a person paused it, nothing else happens.
 */
export function nextStep(
  { steps, abort = [] }: RolloutPlan,
  state: Pick<RolloutState, "step" | "since" | "paused">,
  observed: Observed | undefined,
  now: Timestamp,
): NextStep {
  const step = steps[state.step];
  if (step === undefined) return { act: "abort", reason: `its plan has no step ${state.step + 1}` };
  const judged = observed && abortOf(abort, step, observed.figures);
  if (judged !== undefined && judged.broken.length > 0) return { act: "abort", reason: judged.broken.join("; ") };
  if (state.paused?.by === "person") return { act: "wait", reason: "a person paused it, and resumes it" };

  const end = stepEnd(step, state.since);
  if (now < end) return { act: "wait", reason: `${stepWords(step)} ends at ${end}` };
  const paused = state.paused !== undefined;
  const want = (reason: string): NextStep => (paused ? { act: "wait", reason } : { act: "pause", reason });
  if (observed === undefined || observed.until < end) {
    const reason =
      observed === undefined
        ? "nothing is counted of this step yet"
        : `the figures reach up to ${observed.until}, and the step ends at ${end}`;
    return Date.parse(now) < Date.parse(end) + GRACE_MS ? { act: "wait", reason } : want(reason);
  }
  const [missing] = judged?.unanswered ?? [];
  if (missing !== undefined) return want(missing);

  const next = state.step + 1;
  const { requests } = observed.figures;
  const reason = `${stepWords(step)} is over, and ${abort.length === 0 ? "no rule is set" : "every rule is kept"} over ${requests} requests`;
  return { act: next >= steps.length - 1 ? "complete" : "advance", step: next, reason };
}
