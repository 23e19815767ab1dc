import { versionTag } from "../../../core/registry/tags.ts";
import { escapeMarkdown } from "../../../core/report/escape-text.ts";
import { counted } from "../../../core/report/verdict-words.ts";
import { currentRollout } from "../../../core/rollout/state.ts";
import type { Refusal } from "../../../schemas/decision.ts";
import type { DeploymentState } from "../../deployments/state.ts";
import type { PullRules } from "../state/rules.ts";
import type { MergedModel, PullState } from "../state/state.ts";
import { fitLines } from "./fit-lines.ts";
import { refusalList } from "./refusal-list.ts";

/** Of the whole block, and of what one model's refusals say: the report below needs room too. */
const MOST_CHARACTERS = 24_000;
const MOST_REFUSALS = 8_000;
type Registered = Extract<MergedModel, { kind: "registered" }>;

/** What became of a merged pull request: its versions, where they are, whom they wait for, and what to type next. */
export function mergedBlock({ merged, current: rules, pull }: PullState): string {
  if (merged.length === 0) return "";
  const alone = merged.length === 1;
  const items = merged.map((model) => modelWords(model, { base: pull.base, rules }, alone));
  const shown = fitLines(items, MOST_CHARACTERS, (left) => `… and ${counted(left, "more model")}.`);
  return [`### ${heading(merged, rules.target)}`, ...shown].join("\n\n");
}

function modelWords(model: MergedModel, { base, rules }: { base: string; rules: PullRules }, alone: boolean): string {
  switch (model.kind) {
    case "waiting":
      return `⏳ **${model.model}**: merged; ${escapeMarkdown(base)} trains and evaluates it again, then it is registered.`;
    case "missed":
      return missedWords(model);
    case "registered":
      return registeredWords(model, rules, alone);
  }
}

function heading(merged: readonly MergedModel[], target: string): string {
  const registered = merged.filter((model): model is Registered => model.kind === "registered");
  const [first] = merged;
  if (merged.length === 1 && first) {
    if (first.kind === "waiting") return `⏳ ${first.model}: waiting to be registered`;
    if (first.kind === "missed" && first.missed.outcome === "unchanged")
      return `ℹ️ ${first.model}: nothing new to register`;
    if (first.kind === "missed") return `❌ ${first.model}: not registered`;
    const { version } = first.manifest;
    const live = first.record.stages[target]?.version === version;
    return live
      ? `🚀 ${first.model} version ${version} is in ${target}`
      : `🏷️ ${first.model} version ${version} is registered`;
  }
  const failed = merged.filter((model) => model.kind === "missed" && model.missed.outcome !== "unchanged").length;
  return `${failed > 0 ? "❌" : "🏷️"} ${registered.length} of ${merged.length} models registered`;
}

function missedWords({ model, missed }: Extract<MergedModel, { kind: "missed" }>): string {
  const lines = refusalList(missed.refusals, MOST_REFUSALS);
  const commit = `\`${missed.commit.slice(0, 12)}\``;
  if (missed.outcome === "unchanged") return `ℹ️ **${model}** at ${commit} is a version already.\n\n${lines}`;
  const why = missed.outcome === "refused" ? "The gates refused it." : "Its run failed.";
  return `❌ **${model}** was not registered from ${commit}. ${why}\n\n${lines}\n\nWhen that is mended: \`/retry\`.`;
}

function registeredWords(model: Registered, rules: PullRules, alone: boolean): string {
  const { manifest, record, requests } = model;
  const { hold } = record;
  const { version, source, registered_at: at } = manifest;
  const next = nextWords(model, rules, alone);
  const lines = [
    `🏷️ **${manifest.model} version ${version}**, tag \`${versionTag(manifest).name}\`, registered ${at.slice(0, 10)} from \`${source.commit.slice(0, 12)}\`.`,
    stageWords(model, rules),
    ...requests.map(({ request, given }) => waitingWords(request, given, rules)),
    ...(requests.length > 0 ? [] : refusedWords(model, rules)),
    ...(hold
      ? [`⏸️ On hold by ${escapeMarkdown(hold.by.id)}${hold.reason ? `: ${escapeMarkdown(hold.reason, 200)}` : ""}.`]
      : []),
    ...(next === undefined ? [] : [`Next: ${next}.`]),
  ];
  return lines.map((line, index) => (index === 0 ? line : `- ${line}`)).join("\n");
}

function stageWords({ manifest, record, deployments }: Registered, { stages, target }: PullRules): string {
  const own = stages.filter((stage) => record.stages[stage]?.version === manifest.version);
  const live = record.stages[target]?.version;
  const other = live === undefined || live === manifest.version ? "" : ` **${target}** has version ${live}.`;
  const rolling = Object.entries(record.rollouts ?? {}).flatMap(([stage, { version, step }]) =>
    version === manifest.version ? [` It is on its way to **${stage}**, in step ${step + 1}.`] : [],
  );
  return `${own.length === 0 ? "In no stage yet." : `In ${own.map((stage) => `**${stage}**${deploymentWords(deployments.get(stage))}`).join(" and ")}.`}${other}${rolling.join("")}`;
}

function deploymentWords(deployment: DeploymentState | undefined): string {
  const words = { "under-way": "deployment under way", done: "deployed", failed: "❌ deployment failed" };
  return deployment === undefined ? "" : ` (${words[deployment.state]})`;
}

/** What kept the version out of a stage, or would. */
function refusedWords({ refused, failing, uncompared, manifest, record }: Registered, { target }: PullRules): string[] {
  const list = (refusals: readonly Refusal[]) => refusalList(refusals, MOST_REFUSALS).replace(/^/gm, "  ");
  if (refused !== undefined) return [`❌ Kept out of **${refused.stage}**:\n${list(refused.refusals)}`];
  if (record.stages[target]?.version === manifest.version) return [];
  return [
    ...(failing.length === 0 ? [] : [`❌ Would be kept out of **${target}**:\n${list(failing)}`]),
    ...(uncompared.length === 0 ? [] : [`❔ Open until **${target}** is asked for:\n${list(uncompared)}`]),
  ];
}

function waitingWords(
  { stage, requested_by }: Registered["requests"][number]["request"],
  given: number,
  rules: PullRules,
): string {
  const needed = rules.approvals[stage] ?? 0;
  const asked = `${escapeMarkdown(requested_by.id)} asked for **${stage}**`;
  if (given >= needed) return `⏳ ${asked}: it is compared with what is there now, and decided then.`;
  return `⏳ ${asked}: ${given} of ${needed} approval${needed === 1 ? "" : "s"}, by somebody else than who asked.`;
}

/** What a person would type next; undefined where nothing is left to do. Names of models and stages are letters, digits, `-` and `_` alone. */
export function nextWords(model: Registered, { target }: PullRules, alone: boolean): string | undefined {
  const { record, requests, manifest, failing, restorable } = model;
  const name = alone ? "" : `${manifest.model} `;
  if (currentRollout(record, target)?.version === manifest.version)
    return `\`/rollout status ${name}${target}\` tells how it goes, and \`/rollback ${name}${target}\` ends it`;
  if (record.hold) return `\`/unhold ${manifest.model}\` releases it`;
  if (requests.length > 0) return `\`/approve${alone ? "" : ` ${manifest.model}`}\`, or \`/reject\` with a reason`;
  if (record.stages[target]?.version === manifest.version)
    return restorable ? `\`/rollback ${name}${target}\` brings back what was there before` : undefined;
  if (failing.length > 0) return "make it better in another pull request";
  return `\`/promote ${name}${target}\``;
}
