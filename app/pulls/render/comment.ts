import { escapeMarkdown } from "../../../core/report/escape-text.ts";
import { MARKS, toMarkdown } from "../../../core/report/to-markdown.ts";
import { counted } from "../../../core/report/verdict-words.ts";
import type { EventRepository } from "../../github/event-repository.ts";
import type { ModelState, PullState } from "../state/state.ts";
import { mergedBlock } from "./merged-models.ts";
import { modelRow as rowOf } from "./model-row.ts";
import { modelNotices, noticesOf } from "./notices.ts";
import { problemSection, reportMarkdown, reportOf } from "./report-model.ts";

/** The first line of the one comment. The App finds the comment again by this line and by its author. */
export const MARKER = "<!-- slipway:pull-request -->";

/** GitHub takes 65,536 characters. */
const LIMIT = 65_000;
const MOST_ROWS = 100;
const MOST_NOTES = 20;
const MOST_LOGS = 10;

/**
 * The one comment of a pull request: what became of it once it is merged, then the verdict, what a reviewer must
 * know, and each model's report. It is never longer than GitHub takes, and says what was left out. All that users
 * wrote is escaped.
 */
export function renderComment(state: PullState, repository: Pick<EventRepository, "url">): string {
  const merged = mergedBlock(state);
  const foot = footer(state, repository);
  const spare = LIMIT - MARKER.length - merged.length - foot.length - 200;
  const reports = reportsOf(state, repository, spare);
  const shown = merged === "" ? reports : folded("The pull request's report", reports);
  return `${[MARKER, merged, shown, foot].filter((part) => part !== "").join("\n\n")}\n`;
}

function reportsOf(state: PullState, repository: Pick<EventRepository, "url">, limit: number): string {
  const { models, run, rules } = state;
  const { target } = rules;
  const notes = noticesOf(state);
  const [only] = models;
  if (only === undefined) return withoutModels(state, notes, limit);
  if (models.length === 1) return fitting(reportMarkdown(only, run, { repository, limit, notes, target }), only, limit);
  const reports = models.map((model) => ({ model, verdict: reportOf(model, run, [], target).verdict }));
  reports.sort((a, b) => ORDER[a.verdict.mark] - ORDER[b.verdict.mark]);
  const open = reports.filter(({ verdict }) => verdict.mark === "fail" || verdict.mark === "inconclusive").length;
  const title =
    open === 0
      ? `${counted(models.length, "model")} changed`
      : `${open} of ${counted(models.length, "model")} cannot go on as they are`;
  const rows = reports
    .slice(0, MOST_ROWS)
    .map(({ model, verdict }) => `| ${rowOf(model, verdict, state, repository).join(" | ")} |`);
  const table = ["| Model | Verdict | Decides |", "| :-- | :-- | :-- |", ...rows].join("\n");
  const more = reports.length - rows.length;
  const head = [
    `### ${open === 0 ? "✅" : "❌"} ${title}`,
    ...(notes.length === 0
      ? []
      : [
          [
            ...notes.slice(0, MOST_NOTES),
            ...(notes.length > MOST_NOTES
              ? [`${notes.length - MOST_NOTES} more: each model's are in its report.`]
              : []),
          ]
            .map((note) => `> ${escapeMarkdown(note, 250)}`)
            .join("\n>\n"),
        ]),
    table,
    ...(more > 0 ? [`… and ${counted(more, "more model")}.`] : []),
  ].join("\n\n");
  let page = head;
  for (const [index, { model, verdict }] of reports.entries()) {
    const share = Math.floor((limit - page.length) / (reports.length - index)) - 300;
    const summary = `${MARKS[verdict.mark]} ${escapeMarkdown(model.model, 100)}`;
    const own = { repository, limit: share, notes: modelNotices(state, model, state.pull.base), target };
    const block = share < 2_000 ? "" : fitting(reportMarkdown(model, run, own), model, share);
    if (block !== "") page += `\n\n${folded(summary, block)}`;
  }
  return page;
}

const ORDER = { fail: 0, inconclusive: 1, worse: 2, note: 3, same: 3, better: 3, pass: 4 } as const;

function withoutModels({ plan }: PullState, notices: string[], limit: number): string {
  const { problems } = plan;
  const verdict =
    problems.length > 0
      ? { mark: "fail" as const, text: `${counted(problems.length, "problem")}: nothing can run` }
      : { mark: "note" as const, text: "no model changed" };
  const sections = problems.length === 0 ? [] : [problemSection(problems)];
  return toMarkdown({ title: "Slipway", verdict, notices, sections, footer: [] }, { limit });
}

/** A report's head alone may be longer than what is left: then it is left to the check. */
function fitting(report: string, { model }: ModelState, limit: number): string {
  return report.length <= limit
    ? report
    : `The report on ${escapeMarkdown(model, 100)} does not fit here: see the check Slipway.`;
}

function folded(summary: string, content: string): string {
  return `<details><summary>${summary}</summary>\n\n${content}\n\n</details>`;
}

/** Addresses come from GitHub's API; anything that could end the link early is not shown as one. */
function linkTo(text: string, url: string): string {
  const shown = escapeMarkdown(text, 100);
  return /^https?:\/\/[\w.:/?=&%#@-]+$/.test(url) ? `[${shown}](${url})` : shown;
}

/** Where the numbers came from, and how to ask for more. */
function footer({ models, plan, rules, run, pull }: PullState, { url }: Pick<EventRepository, "url">): string {
  const from = models.find((model) => (model.kind === "judged" || model.kind === "refused") && model.run !== undefined);
  const reported = from?.kind === "judged" || from?.kind === "refused" ? from.run : undefined;
  const ran = reported ?? (run?.status === "queued" ? undefined : run);
  const logs = models.flatMap(({ model, failedJobs = [] }) =>
    failedJobs.map((job) => `${escapeMarkdown(model, 100)}: ${linkTo(`log of ${job.name}`, job.url)}`),
  );
  const parts = [
    ...logs.slice(0, MOST_LOGS),
    ...(ran === undefined ? [] : [`[run ${ran.id}](${url}/actions/runs/${ran.id})`]),
    `commit \`${plan.head.slice(0, 12)}\``,
    `rules of ${escapeMarkdown(pull.base)} at \`${rules.commit.slice(0, 12)}\``,
    "`/help` lists what you can ask",
  ];
  return `<sub>Slipway: ${parts.join(" · ")}</sub>`;
}
