import type { ModelStanding } from "../../core/acts/monitor-states.ts";
import { sha256 } from "../../core/canonical.ts";
import type { Report } from "../../core/report/report.ts";
import { toMarkdown } from "../../core/report/to-markdown.ts";
import type { EventContext } from "../github/event-context.ts";
import { chartPath, MAX_SVG_BYTES } from "../pulls/render/draw.ts";

/** GitHub takes 65,536 characters of a body; people's own text stands beside the report. */
const MOST_CHARACTERS = 48_000;

const TITLES: Readonly<Record<string, string>> = {
  drift: "How far columns are from what was trained on, by window",
  volume: "Rows and errors, by window",
};

/**
 * A model's report for its issue, as Markdown with charts. They are drawn from the records' numbers, and kept on `experiments` by
 * their content: the same picture once.
 */
export async function issueMarkdown(
  context: EventContext,
  { record, windows, loaded }: ModelStanding,
  report: Report,
): Promise<string> {
  // ECharts takes a moment to load, and most events draw nothing.
  const { monitorCharts } = await import("../../core/report/charts/monitor-charts.ts");
  const drawn = [...monitorCharts(windows, loaded?.spec.monitor)]
    .filter(([, svg]) => Buffer.byteLength(svg) <= MAX_SVG_BYTES)
    .map(([name, svg]) => ({ name, svg, path: chartPath(sha256(svg)) }));
  if (drawn.length > 0)
    await context.experiments.write({
      files: Object.fromEntries(drawn.map(({ path, svg }) => [path, svg])),
      subject: `Draw what ${record.name} was asked and answered`,
      author: { name: context.app.login, id: context.app.login },
      at: context.clock(),
    });
  const images = drawn.map(({ name, path }) => {
    const title = TITLES[name] ?? "A live metric and its bar, by window";
    return `![${title}](${context.repository.url}/blob/experiments/${path}?raw=true)`;
  });
  return [toMarkdown(report, { limit: MOST_CHARACTERS }), ...images].join("\n\n");
}
