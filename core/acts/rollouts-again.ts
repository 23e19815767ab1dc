import type { Decision } from "../../schemas/decision.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import { completedPromotion } from "../promotion/complete-rollout.ts";
import type { EvaluatedVersion } from "../promotion/evaluated.ts";
import { type Finding, wrong } from "../registry/finding.ts";
import type { Held } from "../registry/model-records.ts";
import { firstDifference } from "../registry/record-difference.ts";
import { nextStep } from "../rollout/next-step.ts";
import { currentRollout } from "../rollout/state.ts";
import { checkFault } from "./bytes-faults.ts";

/** A model's records up to a moment. */
interface Past {
  record: ModelRecord;
  decided: readonly Decision[];
  seen: ReadonlyMap<number, EvaluatedVersion>;
  /** What ended a rollout with the version in the stage, by the decision that put it there. */
  completions: ReadonlyMap<string, Held<"rollout">>;
}

/** What is wrong with a rollout's last step: its figures let it be, and all else is as the decision that began it says. */
export function completedAgain(past: Past, decision: Decision): Finding[] {
  const { record, decided, seen, completions } = past;
  const { id, model, version, completes, artifact_check: artifactCheck, decided_at: at, host } = decision;
  const say = (what: string, about: { expected?: string; found?: string } = {}) =>
    wrong("DECISION_WRONG", { kind: "decision", model, id }, `Decision ${id}: ${what}.`, about);
  const began = decided.find((each) => each.id === completes);
  const held = completions.get(id);
  const manifest = seen.get(version)?.manifest;
  if (began === undefined || held === undefined || manifest === undefined)
    return [say("no rollout led to it that it could complete")];
  const fault = checkFault(decision, manifest);
  const again = completedPromotion({ began, record, artifactCheck, versionTaggedAt: manifest.tagged_at, at, host });
  const difference = firstDifference(again, decision);
  return [
    ...steppedAgain(past, held),
    ...(fault === undefined ? [] : [say(fault)]),
    ...(difference === undefined ? [] : [say("it is not what follows from what it completes", difference)]),
  ];
}

/** What is wrong with a step: the figures of the one before lead to it, at its moment; a person may pause, resume and abort at any. */
export function steppedAgain(
  { record, decided }: Pick<Past, "record" | "decided">,
  { at: where, record: made }: Held<"rollout">,
): Finding[] {
  const { decision, n, act, stage, step, cause, figures, until, at } = made;
  const say = (what: string, about: { expected?: string; found?: string } = {}) =>
    wrong("ROLLOUT_WRONG", where, `Record ${n} of rollout ${decision}: ${what}.`, about);
  const rolling = currentRollout(record, stage);
  const plan = decided.find(({ id }) => id === decision)?.rollout;
  if (rolling?.decision !== decision || plan === undefined)
    return [say("no rollout was under way that it could be of")];
  if (cause === "person" || cause === "rolled-back") {
    const known: string[] = cause === "person" ? ["pause", "resume", "abort"] : ["abort"];
    return known.includes(act) && step === rolling.step ? [] : [say(`a person cannot ${act} it to step ${step + 1}`)];
  }
  const observed = figures !== undefined && until !== undefined ? { figures, until } : undefined;
  const next = nextStep(plan, rolling, observed, at);
  const leads = "step" in next ? next.step : rolling.step;
  if (cause !== "figures" || next.act !== act || leads !== step)
    return [say("its figures lead to something else", { expected: `${next.act}: ${next.reason}`, found: act })];
  const goesOn = act === "advance" || act === "complete";
  return record.hold !== undefined && goesOn ? [say("it goes on, and the model was on hold")] : [];
}
