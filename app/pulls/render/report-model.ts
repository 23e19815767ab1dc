import { buildReport } from "../../../core/report/build-report.ts";
import { someOf } from "../../../core/report/change-notices.ts";
import { gateSection } from "../../../core/report/gate-section.ts";
import { promiseSection } from "../../../core/report/promise-section.ts";
import { left, type Report, type Section } from "../../../core/report/report.ts";
import { toMarkdown } from "../../../core/report/to-markdown.ts";
import { counted, verdictOf } from "../../../core/report/verdict-words.ts";
import type { Refusal } from "../../../schemas/decision.ts";
import type { PlannedModel } from "../../../schemas/plan.ts";
import type { Problem } from "../../../schemas/problem.ts";
import type { EventRepository } from "../../github/event-repository.ts";
import type { RunState } from "../results/run-state.ts";
import type { ChangeState, Judged, ModelState, Unscored } from "../state/state.ts";
import { chartPath } from "./draw.ts";
import { mergeVerdict } from "./merge-verdict.ts";

/** The report on a model as far as it has come: the run's own if there is a result, what is known if there is none. */
export function reportOf(
  model: ModelState,
  run: RunState | undefined,
  notes: readonly string[],
  target = "production",
): Report {
  const report = (verdict: Report["verdict"], about: { notices?: string[]; sections?: Section[] } = {}): Report => ({
    ...{ title: model.model, verdict, footer: [] },
    notices: [...notes, ...(about.notices ?? [])],
    sections: about.sections ?? [],
  });
  const stopped = model.obstacles.map(refusalWords);
  switch (model.kind) {
    case "judged": {
      const { result, changes, planned } = model;
      const told = [...notes, ...stopped];
      const built = buildReport({ run: result, changes, reasons: planned?.reasons, notes: told });
      return { ...built, verdict: mergeVerdict(model, target) };
    }
    case "problem": {
      const text = `${counted(model.problems.length, "problem")} in its spec: nothing can run`;
      return report({ mark: "fail", text }, { sections: [problemSection(model.problems)] });
    }
    case "refused": {
      const { code, message, hint } = model.refusal;
      const notices = [message, ...(hint === undefined ? [] : [plain(hint)]), `Reason: ${code}.`];
      return report({ mark: "fail", text: "its result was not taken" }, { notices: [...stopped, ...notices] });
    }
    case "unscored": {
      const notices = [...stopped, ...unscoredNotices(model)];
      if (stopped.length > 0) return report({ mark: "fail", text: NOT_REGISTERED }, { notices });
      return report({ mark: "note", text: unscoredText(model) }, { notices });
    }
    case "removed":
      return report({ mark: "note", text: "removed: its versions stay in the registry" });
    case "waiting": {
      const text =
        run === undefined || run.status === "queued" ? "waiting for the pipeline" : "the pipeline is running";
      const sections = model.planned ? [planSection(model.planned)] : [];
      if (stopped.length > 0) return report({ mark: "fail", text: NOT_REGISTERED }, { notices: stopped, sections });
      return report({ mark: "note", text }, { sections });
    }
  }
}

const NOT_REGISTERED = "may not merge: it could not be registered";
const SCORED_ONCE_MERGED = "trained; scored on its sealed labels once it is merged";

function unscoredText({ waits }: Pick<Unscored, "waits">): string {
  if (waits === "merge") return SCORED_ONCE_MERGED;
  return waits === "score" ? "trained; being scored on its sealed labels" : "trained; waits for /score";
}

function unscoredNotices({ waits, changes }: Unscored): string[] {
  if (waits === "request")
    return [
      "The pull request is a fork's: it is scored on its sealed labels once somebody who may write comments /score. Look at what it changes first.",
    ];
  if (changes.length === 0) return [];
  return [
    `It would change what is scored on sealed labels, or how: ${someOf(changes)}. The default branch says that, so it is scored once it is merged. Registering it then asks every gate.`,
  ];
}

/** As Markdown, with the charts that the App drew. */
export function reportMarkdown(
  model: ModelState,
  run: RunState | undefined,
  {
    repository,
    limit,
    notes = [],
    target,
  }: { repository: Pick<EventRepository, "url">; limit: number; notes?: readonly string[]; target: string },
): string {
  const charts = model.kind === "judged" ? model.charts : {};
  return toMarkdown(reportOf(model, run, notes, target), {
    limit,
    charts: (name) => {
      const digest = Object.hasOwn(charts, name) ? charts[name] : undefined;
      return digest === undefined ? undefined : `${repository.url}/blob/experiments/${chartPath(digest)}?raw=true`;
    },
  });
}

/** Each problem at its place in the files, with what to do. */
export function problemSection(problems: readonly Problem[]): Section {
  const columns = ["Where", "What is wrong", "Expected", "What to do"].map(left);
  const rows = problems.map(({ file, line, column, message, expected, hint }) => [
    [file, line, column].filter((part) => part !== undefined).join(":"),
    message,
    expected ?? "",
    plain(hint ?? ""),
  ]);
  return { title: "Problems", folded: false, text: [], table: { columns, rows } };
}

function planSection({ reasons, steps }: PlannedModel): Section {
  const columns = ["Changed", "Files or keys"].map(left);
  const rows = reasons.map(({ kind, paths }) => [kind, paths.join(", ")]);
  return { title: "Why it runs", folded: false, text: [`${steps.join(" → ")}.`], table: { columns, rows } };
}

function refusalWords({ code, message, hint }: Refusal): string {
  const end = /[.!?]$/.test(message) ? "" : ".";
  return `${message}${end}${hint === undefined ? "" : ` ${plain(hint)}`} (${code})`;
}

/** Reports are plain text: a hint's marks for code would be read as such. */
function plain(hint: string): string {
  return hint.replaceAll("`", "");
}

const MOST_CHARACTERS = 64_000;

/** The judged models' gates of some stages, for a check that is about these alone. */
export function gatesText({ models }: ChangeState, stages: readonly string[]): string {
  return fitting(models, ({ result, model }) => {
    const gates = Object.fromEntries(stages.map((stage) => [stage, result.gates[stage] ?? []]));
    const report = { title: model, verdict: verdictOf({ ...result, gates }), notices: [], footer: [] };
    const { tries = [], binding, evaluation } = result;
    const sections = [...gateSection(gates), ...promiseSection({ gates, tries, spent: binding, evaluation })];
    return toMarkdown({ ...report, sections }, { limit: MOST_CHARACTERS });
  });
}

/** The judged models' whole reports, one after the other, for a check's details; those that do not fit are left to the comment. */
export function reportsText({ models, run, rules }: ChangeState, repository: Pick<EventRepository, "url">): string {
  const about = { repository, limit: MOST_CHARACTERS, target: rules.target };
  return fitting(models, (model) => reportMarkdown(model, run, about));
}

function fitting(models: readonly ModelState[], text: (model: ModelState & Judged) => string): string {
  let page = "";
  for (const model of models) {
    const next = model.kind === "judged" ? text(model) : "";
    if (page.length + next.length <= MOST_CHARACTERS) page += next;
  }
  return page;
}
