import { html } from "hono/html";
import { comparisonSections, sliceComparisonSection } from "../../../core/report/comparison-sections.ts";
import { matrixSections, metricSection, sliceSection } from "../../../core/report/metric-sections.ts";
import type { Section } from "../../../core/report/report.ts";
import type { Html, PageRequest } from "../request/page.ts";
import { fitSections } from "../view/fit-sections.ts";
import { pageNumber, pager } from "../view/pages.ts";
import { sectionHtml } from "../view/section.ts";
import { comparisonsOf, named } from "./comparison-sections.ts";
import type { ShownVersion } from "./load-version.ts";
import { matrixChart } from "./matrix-chart.ts";

/** Bytes for all of its tables but the slices. */
const MOST_BYTES = 45_000;
/** Cells of slices on a page. */
const MOST_CELLS = 500;
const MOST_COMPARISONS = 20;

/** Every metric, matrix, slice and comparison on record. */
export async function metricsTab(request: PageRequest, shown: ShownVersion): Promise<Html> {
  const { evaluation, imported } = shown.manifest;
  if (Object.keys(evaluation.metrics).length === 0)
    return html`<p class="empty">${imported ? "Nobody has measured this version: it was imported. " : "No metric is on record. "}<code>slipway evaluate ${shown.model.name}@${shown.version}</code> measures what was imported.</p>`;
  const compared = (await comparisonsOf(shown)).filter(({ metrics }) => Object.keys(metrics).length > 0);
  const sections = fitSections(
    [
      ...metricSection(evaluation, false),
      ...compared
        .slice(-MOST_COMPARISONS)
        .reverse()
        .flatMap((each) =>
          [...comparisonSections(each, evaluation), ...sliceComparisonSection(each, evaluation)].map(
            named(each, shown.version),
          ),
        ),
      ...matrixSections(evaluation).map((each) => ({ ...each, folded: false })),
    ],
    MOST_BYTES,
    "The record in the registry has all of them.",
  );
  return html`${matrixChart(request, shown)}${sections.map(sectionHtml)}${slices(request, sliceSection(evaluation))}`;
}

/** Slices, a page of them at a time: there may be hundreds. */
function slices(request: PageRequest, [section]: readonly Section[]): Html | "" {
  const table = section?.table;
  if (section === undefined || table === undefined) return "";
  const each = Math.max(5, Math.floor(MOST_CELLS / table.columns.length));
  const last = Math.max(1, Math.ceil(table.rows.length / each));
  const page = Math.min(pageNumber(request.query), last);
  const rows = table.rows.slice((page - 1) * each, page * each);
  const [fitted] = fitSections(
    [{ ...section, folded: false, table: { columns: table.columns, rows } }],
    2 * MOST_BYTES,
  );
  return html`${fitted === undefined ? "" : sectionHtml(fitted)}${pager(request, { page, last })}`;
}
