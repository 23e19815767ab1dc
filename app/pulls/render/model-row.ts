import { decidingMetric } from "../../../core/report/deciding-metric.ts";
import { escapeMarkdown } from "../../../core/report/escape-text.ts";
import type { Report } from "../../../core/report/report.ts";
import { MARKS } from "../../../core/report/to-markdown.ts";
import type { EventRepository } from "../../github/event-repository.ts";
import type { ChangeState, ModelState } from "../state/state.ts";

/** A model among several: its verdict, the metric that decides with what became of it, and its run. Cells as Markdown. */
export function modelRow(
  model: ModelState,
  verdict: Report["verdict"],
  { rules, run }: Pick<ChangeState, "rules" | "run">,
  { url }: Pick<EventRepository, "url">,
): string[] {
  const found = model.kind === "judged" ? decidingMetric(model.result, rules.target) : undefined;
  const ran = (model.kind === "judged" || model.kind === "refused" ? model.run : undefined) ?? run;
  return [
    escapeMarkdown(model.model, 100),
    `${MARKS[verdict.mark]} ${escapeMarkdown(verdict.text, 200)}`,
    found === undefined ? "–" : escapeMarkdown(`${found.name} ${found.value}`, 100),
    found?.change === undefined ? "–" : `${MARKS[found.change.mark]} ${escapeMarkdown(found.change.text, 100)}`,
    ran === undefined ? "–" : `[${ran.id}](${url}/actions/runs/${ran.id})`,
  ];
}
