import { html } from "hono/html";
import { drawRows } from "../../../core/acts/draw-charts.ts";
import type { RowCurves } from "../../../core/acts/row-curves.ts";
import { SlipwayError } from "../../../core/errors.ts";
import { CHARTS, type ChartName } from "../../../core/report/chart-names.ts";
import { curveTable, residualTable } from "../../../core/report/charts/curve-tables.ts";
import type { Table } from "../../../core/report/report.ts";
import type { Html, PageRequest, Svg } from "../request/page.ts";
import { chartPicture, drawOnce } from "../view/chart.ts";
import { tableHtml } from "../view/section.ts";
import { curvesOf } from "./from-rows.ts";
import { loadVersion, type ShownVersion } from "./load-version.ts";
import { partOr } from "./problem-note.ts";

/** Curves over the test rows, each with some of its points beside it. */
export async function chartsTab({ host }: PageRequest, shown: ShownVersion): Promise<Html> {
  const { model, version } = shown;
  return html`${await partOr(async () => {
    const found = Object.entries(tablesOf(await curvesOf(host, shown)));
    if (found.length === 0)
      return html`<p class="empty">Its predictions hold no probabilities, scores or numbers to draw a curve of.</p>`;
    const boxes = found.map(([name, table]) => {
      const says = CHARTS[name as ChartName];
      const query = { model: model.displayName, version, chart: name };
      return html`<section class="box"><h2>${says}</h2>${chartPicture(host, "rows", query, `${says}. The table below it has some of its points.`)}<details><summary>As a table</summary>${tableHtml(table, says)}</details></section>`;
    });
    return html`<p class="quiet">Drawn from the kept predictions and the labels at the version's own commit. No gate is asked, and nothing is spent.</p><div class="grid">${boxes}</div>`;
  })}`;
}

/** `/charts/rows.svg?model=&version=&chart=` */
export async function rowsSvg(request: PageRequest): Promise<Svg> {
  const { query, host } = request;
  const params = { model: query.get("model") ?? "", version: query.get("version") ?? "" };
  const curves = await curvesOf(host, await loadVersion({ ...request, params }));
  const chart = query.get("chart") ?? "";
  if (!Object.hasOwn(tablesOf(curves), chart)) throw new SlipwayError("NOT_FOUND", "There is no such chart of it");
  return drawOnce(chart, curves, () => drawRows(curves)[chart as ChartName] ?? "");
}

function tablesOf({
  roc,
  calibration,
  residuals,
  "precision-recall": recall,
}: RowCurves): Partial<Record<ChartName, Table>> {
  return {
    ...(roc ? { roc: curveTable(roc, { x: "False positives", y: "True positives" }) } : {}),
    ...(recall ? { "precision-recall": curveTable(recall, { x: "Recall", y: "Precision" }) } : {}),
    ...(calibration ? { calibration: curveTable(calibration, { x: "Predicted", y: "Happened" }) } : {}),
    ...(residuals ? { residuals: residualTable(residuals), "residual-histogram": residualTable(residuals) } : {}),
  };
}
