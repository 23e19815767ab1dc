import { decidingMetric } from "../../../core/report/deciding-metric.ts";
import { escapeMarkdown } from "../../../core/report/escape-text.ts";
import type { Report } from "../../../core/report/report.ts";
import { MARKS } from "../../../core/report/to-markdown.ts";
import type { EventRepository } from "../../github/event-repository.ts";
import type { ChangeState, ModelState } from "../state/state.ts";
import { shortVerdict } from "./merge-verdict.ts";

/**
 * A model among several: with its run, its verdict, and the metric that decides with what became of it. Cells as Markdown, few
 * and narrow: people read them on a telephone.
 */
export function modelRow(
  model: ModelState,
  verdict: Report["verdict"],
  { rules, run }: Pick<ChangeState, "rules" | "run">,
  { url }: Pick<EventRepository, "url">,
): string[] {
  const found = model.kind === "judged" ? decidingMetric(model.result, rules.target) : undefined;
  const ran = (model.kind === "judged" || model.kind === "refused" ? model.run : undefined) ?? run;
  const words = model.kind === "judged" ? shortVerdict(model) : verdict.text;
  const change = found?.change && `${MARKS[found.change.mark]} ${escapeMarkdown(found.change.text, 100)}`;
  return [
    [escapeMarkdown(model.model, 100), ...(ran === undefined ? [] : [`[run](${url}/actions/runs/${ran.id})`])].join(
      "<br>",
    ),
    `${MARKS[verdict.mark]} ${escapeMarkdown(words, 200)}`,
    found === undefined
      ? "–"
      : [escapeMarkdown(`${found.name} ${found.value}`, 100), ...(change ? [change] : [])].join("<br>"),
  ];
}
