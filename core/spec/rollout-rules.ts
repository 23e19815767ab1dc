import type { Policy } from "../../schemas/policy.ts";
import type { RolloutPlan, RolloutStep } from "../../schemas/rollout.ts";
import { KEY_TYPES, parsePublicKey } from "../git/ssh/public-key.ts";
import { reporterOf, rolloutPlans } from "../rollout/plan.ts";
import type { Diagnostics } from "./diagnostics.ts";
import { didYouMean } from "./near.ts";
import type { Keys } from "./yaml.ts";

/** Rules of the policy's `rollout` that its schema cannot say. */
export function checkRollout(policy: Policy, stages: readonly string[], report: Diagnostics): void {
  const reporter = reporterOf(policy);
  if (reporter !== undefined && parsePublicKey(reporter) === undefined)
    report.problem(["rollout", "reporter"], "POLICY_INVALID", "the key is no SSH public key that can be read", {
      expected: KEY_TYPES,
      hint: "copy the line of its .pub file",
    });
  for (const [stage, plan] of rolloutPlans(policy)) {
    const keys = ["rollout", stage];
    if (!stages.includes(stage)) {
      const about = { expected: stages.join(", "), ...didYouMean(stage, stages) };
      report.problem(keys, "POLICY_INVALID", `there is no stage ${stage}`, about, "key");
    }
    checkSteps(plan, [...keys, "steps"], report);
    checkAbort(plan, [...keys, "abort"], report);
  }
}

function checkSteps({ steps }: RolloutPlan, base: Keys, report: Diagnostics): void {
  const say = (at: number, message: string, expected: string, key?: string) =>
    report.problem(key === undefined ? [...base, at] : [...base, at, key], "POLICY_INVALID", message, { expected });
  steps.forEach((step, at) => {
    const before = shareOf(steps[at - 1]);
    const share = shareOf(step);
    if (at === steps.length - 1) {
      if (share !== 1) say(at, "the last step does not put the version into the stage", "{ share: 1 }");
      else if ("for" in step && step.for !== undefined) say(at, "the last step has no end", "{ share: 1 }", "for");
      return;
    }
    if (share === 1) say(at, "a share of 1 is the last step", "a share below 1", "share");
    else if ("shadow" in step && before > 0)
      say(
        at,
        "the share falls: in a shadow step clients get no answer of the new version",
        "shadow steps before shares",
      );
    else if ("share" in step && share <= before)
      say(at, `the share does not rise: it was ${before}`, `more than ${before}`, "share");
    if ("share" in step && share < 1 && step.for === undefined)
      say(at, "the step does not say how long it lasts", `{ share: ${share}, for: 30m }`);
  });
}

function checkAbort({ steps, abort = [] }: RolloutPlan, base: Keys, report: Diagnostics): void {
  const seen = new Set<string>();
  abort.forEach(({ metric, "at-most": atMost }, at) => {
    const say = (key: string, message: string, about: { expected?: string; hint?: string } = {}) =>
      report.problem([...base, at, key], "POLICY_INVALID", message, about);
    if (seen.has(metric)) say("metric", `${metric} stands twice`);
    seen.add(metric);
    if (metric !== "latency_p99_ms" && atMost > 1) say("at-most", `${metric} is a share`, { expected: "from 0 to 1" });
    if (metric === "disagreement" && !steps.some((step) => "shadow" in step))
      say("metric", "disagreement is counted in shadow steps, and there is none", {
        hint: "add a step like { shadow: 1h } before the others",
      });
  });
}

function shareOf(step: RolloutStep | undefined): number {
  return step !== undefined && "share" in step ? step.share : 0;
}
