import { counted } from "../../../core/report/verdict-words.ts";
import { currentRollout } from "../../../core/rollout/state.ts";
import { refusalList } from "../render/refusal-list.ts";
import type { MergedModel, PullState } from "../state/state.ts";
import { type Button, type Check, RETRY_BUTTON, TARGET_CHECK } from "./check.ts";

/** GitHub takes 65,535 characters. */
const MOST_REFUSALS = 16_000;

const PROMOTE_BUTTON: Button = {
  label: "Promote",
  description: "Asks for this version to be promoted.",
  identifier: "promote",
};
const APPROVE_BUTTON: Button = {
  label: "Approve",
  description: "Approves the version that waits here.",
  identifier: "approve",
};

/**
 * `Slipway: production` once a pull request of one model is merged: the stage of its version, with a button for the
 * next step. Undefined while there is nothing to say, and if a button could mean several models.
 */
export function decideMergedCheck({ merged, current }: PullState): Check | undefined {
  const [model, ...more] = merged;
  if (model === undefined || more.length > 0 || model.kind === "waiting") return undefined;
  const check = (state: Check["state"], title: string, summary: string, buttons: Button[]): Check => ({
    ...{ name: TARGET_CHECK, state, title, summary, buttons, problems: [] },
  });
  if (model.kind === "missed") {
    const { outcome, refusals } = model.missed;
    const summary = refusalList(refusals, MOST_REFUSALS);
    if (outcome === "unchanged") return check("success", `${model.model} is a version already`, summary, []);
    return check("failure", `${model.model} was not registered`, summary, [RETRY_BUTTON]);
  }
  return registeredCheck(model, current, check);
}

function registeredCheck(
  { model, manifest, record, requests, failing, uncompared }: Extract<MergedModel, { kind: "registered" }>,
  { target, approvals }: PullState["current"],
  check: (state: Check["state"], title: string, summary: string, buttons: Button[]) => Check,
): Check {
  const name = `${model} version ${manifest.version}`;
  if (record.stages[target]?.version === manifest.version) {
    return check("success", `${name} is in ${target}`, `**${name}** is in **${target}**.`, []);
  }
  const rolling = currentRollout(record, target);
  if (rolling?.version === manifest.version) {
    const title = `${name} is on its way to ${target}`;
    return check("in_progress", title, `**${name}** is rolled out to **${target}**, in step ${rolling.step + 1}.`, []);
  }
  const asked = requests.find(({ request }) => request.stage === target);
  if (asked !== undefined) {
    const missing = Math.max(0, (approvals[target] ?? 0) - asked.given);
    const title = `${name} waits for ${missing === 0 ? "a comparison" : counted(missing, "approval")}`;
    const buttons = missing === 0 ? [] : [APPROVE_BUTTON];
    return check("in_progress", title, `**${name}** was asked for **${target}**.`, buttons);
  }
  if (failing.length > 0) {
    const title = `${name} would not be promoted to ${target}`;
    return check("failure", title, `${title}:\n\n${refusalList(failing, MOST_REFUSALS)}`, []);
  }
  const next = `\`/promote ${target}\` asks for it in **${target}**.`;
  if (uncompared.length > 0) {
    const title = `${name} is not compared with what is in ${target} now`;
    const summary = `${title}:\n\n${refusalList(uncompared, MOST_REFUSALS)}\n\n${next}`;
    return check("failure", title, summary, [PROMOTE_BUTTON]);
  }
  return check("success", `${name} is registered`, `**${name}** is registered. ${next}`, [PROMOTE_BUTTON]);
}
