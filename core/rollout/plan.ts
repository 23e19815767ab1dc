import type { Timestamp } from "../../schemas/names.ts";
import type { Policy } from "../../schemas/policy.ts";
import type { RolloutPlan, RolloutStep } from "../../schemas/rollout.ts";
import { timestamp } from "../clock.ts";
import { milliseconds } from "../duration.ts";

/** The stages that the policy has a plan for, with their plans. */
export function rolloutPlans({ rollout = {} }: Pick<Policy, "rollout">): [stage: string, plan: RolloutPlan][] {
  return Object.entries(rollout).flatMap(([stage, plan]) =>
    stage === "reporter" ? [] : [[stage, plan as RolloutPlan]],
  );
}

/** How a version comes into a stage that another is in; undefined where it goes straight in. */
export function planFor(policy: Pick<Policy, "rollout">, stage: string): RolloutPlan | undefined {
  return rolloutPlans(policy).find(([each]) => each === stage)?.[1];
}

/** The public key whose reports count; undefined where none is named. */
export function reporterOf({ rollout }: Pick<Policy, "rollout">): string | undefined {
  const { reporter } = (rollout ?? {}) as { reporter?: string };
  return reporter;
}

/** A step in words: `shadow for 1h`, `a share of 0.1 for 30m`, `all requests`. */
export function stepWords(step: RolloutStep | undefined): string {
  if (step === undefined) return "no step";
  if ("shadow" in step) return `shadow for ${step.shadow}`;
  return step.for === undefined ? "all requests" : `a share of ${step.share} for ${step.for}`;
}

/** When a step that began at `since` is over at the soonest. */
export function stepEnd(step: RolloutStep, since: Timestamp): Timestamp {
  const lasts = "shadow" in step ? step.shadow : step.for;
  return timestamp(new Date(Date.parse(since) + (lasts === undefined ? 0 : milliseconds(lasts))));
}
