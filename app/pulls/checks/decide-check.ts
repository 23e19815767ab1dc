import { repositoryNotices } from "../../../core/report/change-notices.ts";
import { escapeMarkdown } from "../../../core/report/escape-text.ts";
import { counted } from "../../../core/report/verdict-words.ts";
import type { Refusal } from "../../../schemas/decision.ts";
import type { Problem } from "../../../schemas/problem.ts";
import { fitLines } from "../render/fit-lines.ts";
import { refusalList } from "../render/refusal-list.ts";
import type { ChangeState, ModelState } from "../state/state.ts";
import { messageOf } from "./annotations.ts";
import { CHECK, type Check, RETRY_BUTTON, TARGET_CHECK } from "./check.ts";

/** `Slipway`: do the specs hold, has the pipeline run, and would every changed model be registered? */
export function decideCheck(change: ChangeState): Check {
  return decide(change, {
    name: CHECK,
    problems: change.plan.problems,
    obstacles: ({ obstacles }) => obstacles,
    blockers: ({ blockers }) => blockers.register,
    // The merge is what its score waits for.
    unscored: () => [],
    would: "be registered",
  });
}

/** `Slipway: production`: would every changed model be promoted, by the gates as the default branch's tip has them? */
export function decideTargetCheck(change: ChangeState): Check {
  return decide(change, {
    name: TARGET_CHECK,
    // Told once, on the other check.
    problems: [],
    obstacles: () => [],
    blockers: ({ blockers }) => blockers.target,
    unscored: ({ model }) => [
      {
        code: "NOT_EVALUATED",
        message: `${model} has no score: its labels are sealed, and it is scored once it is merged.`,
      },
    ],
    would: `be promoted to ${change.rules.target}`,
  });
}

/** GitHub takes 65,535 characters. */
const MOST_SUMMARY = 60_000;
const MOST_REFUSALS = 16_000;

interface Question {
  name: Check["name"];
  problems: readonly Problem[];
  obstacles(model: ModelState): readonly Refusal[];
  blockers(model: Extract<ModelState, { kind: "judged" }>): readonly Refusal[];
  /** Of a model whose score waits for the merge. */
  unscored(model: Extract<ModelState, { kind: "unscored" }>): readonly Refusal[];
  would: string;
}

function decide(change: ChangeState, question: Question): Check {
  const { plan, models, run } = change;
  const base = {
    name: question.name,
    problems: question.problems,
    buttons: [],
    ...(run && run.status !== "queued" ? { url: run.url } : {}),
  };
  if (plan.problems.length > 0) {
    const title = `${counted(plan.problems.length, "problem")} in the specs`;
    return { ...base, state: "failure", title, summary: list(plan.problems.map(problemLine)) };
  }
  const asked = models.filter(({ kind }) => kind !== "removed");
  if (asked.length === 0) {
    const removed = models.length === 0 ? "" : ` ${counted(models.length, "model")} removed.`;
    const also = repositoryNotices(plan.paths).map((notice) => `- ${escapeMarkdown(notice, 700)}`);
    const summary = [`Nothing has to run.${removed}`, also.join("\n")].filter((part) => part !== "").join("\n\n");
    return { ...base, state: "success", title: "No model changed", summary };
  }
  const stopped = asked.filter((model) => blockersOf(model, question).length > 0);
  const waiting = asked.filter(isWaiting);
  if (stopped.length === 0 && waiting.length > 0) {
    const { running, title } = waitingWords(waiting, run);
    const summary = list(waiting.map(({ model, planned }) => `${model}: ${planned?.steps.join(" → ") ?? ""}`));
    return { ...base, state: running ? "in_progress" : "queued", title, summary };
  }
  if (stopped.length === 0) {
    const later = asked.filter(({ kind }) => kind === "unscored");
    if (later.length > 0) {
      const title = `${who(later, asked)} ${later.length === 1 ? "is" : "are"} scored on sealed labels once merged`;
      return { ...base, state: "success", title, summary: summaryOf(asked, question) };
    }
    const title = `${who(asked, asked)} would ${question.would}${approvalWords(change, question)}${previewWords(asked)}`;
    return { ...base, state: "success", title, summary: summaryOf(asked, question) };
  }
  const title = `${who(stopped, asked)} would not ${question.would}${previewWords(stopped)}`;
  return { ...base, state: "failure", title, summary: summaryOf(asked, question), buttons: [RETRY_BUTTON] };
}

function isWaiting(model: ModelState): boolean {
  return model.kind === "waiting" || (model.kind === "unscored" && model.waits !== "merge");
}

function waitingWords(waiting: readonly ModelState[], run: ChangeState["run"]): { running: boolean; title: string } {
  if (waiting.some(({ kind }) => kind === "waiting")) {
    const running = run !== undefined && run.status !== "queued";
    return { running, title: running ? "The pipeline is running" : "Waiting for the pipeline" };
  }
  const asked = waiting.some((model) => model.kind === "unscored" && model.waits === "request");
  return asked
    ? { running: false, title: "Waiting for /score by somebody who may write" }
    : { running: true, title: "Being scored on sealed labels" };
}

/** Other rows decide than those that a preview shows. */
function previewWords(models: readonly ModelState[]): string {
  const seen = models.some((model) => model.kind === "judged" && model.result.evaluation?.part === "preview");
  return seen ? ", by the preview's rows" : "";
}

function who(these: readonly ModelState[], all: readonly ModelState[]): string {
  const [first, ...more] = these;
  if (first !== undefined && more.length === 0) return first.model;
  return these.length === all.length ? `${all.length} models` : `${these.length} of ${all.length} models`;
}

function blockersOf(model: ModelState, question: Question): readonly Refusal[] {
  const obstacles = model.kind === "removed" ? [] : question.obstacles(model);
  switch (model.kind) {
    case "refused":
      return [...obstacles, model.refusal];
    case "judged":
      return [...obstacles, ...question.blockers(model)];
    case "unscored":
      return isWaiting(model) ? obstacles : [...obstacles, ...question.unscored(model)];
    default:
      return obstacles;
  }
}

function summaryOf(models: readonly ModelState[], question: Question): string {
  const parts = models.map((model) => {
    const blockers = blockersOf(model, question);
    const name = escapeMarkdown(model.model);
    if (blockers.length > 0) {
      return `❌ **${name}** would not ${question.would}:\n\n${refusalList(blockers, MOST_REFUSALS)}`;
    }
    if (model.kind === "unscored") return `ℹ️ **${name}** is scored on its sealed labels once it is merged.`;
    return `✅ **${name}** ${model.kind === "waiting" ? "has no result yet" : `would ${question.would}`}.`;
  });
  return fitLines(parts, MOST_SUMMARY, (left) => `… and ${counted(left, "more model")}.`).join("\n\n");
}

function problemLine(problem: Problem): string {
  const { file, line, column } = problem;
  const at = [file, line, column].filter((part) => part !== undefined).join(":");
  return at === "" ? messageOf(problem) : `${at}: ${messageOf(problem)}`;
}

function list(lines: readonly string[]): string {
  const items = lines.map((line) => `- ${escapeMarkdown(line, 700)}`);
  return fitLines(items, MOST_SUMMARY, (left) => `- … and ${left} more`).join("\n");
}

function approvalWords({ rules }: ChangeState, { name }: Question): string {
  const needed = name === TARGET_CHECK ? (rules.approvals[rules.target] ?? 0) : 0;
  return needed === 0 ? "" : `, after ${counted(needed, "approval")}`;
}
