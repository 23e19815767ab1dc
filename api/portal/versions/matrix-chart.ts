import { html } from "hono/html";
import { SlipwayError } from "../../../core/errors.ts";
import { confusionMatrixChart } from "../../../core/report/charts/confusion-matrix-chart.ts";
import type { Evaluation } from "../../../schemas/evaluation.ts";
import type { Html, PageRequest, Svg } from "../request/page.ts";
import { chartPicture, drawOnce } from "../view/chart.ts";
import { loadVersion, type ShownVersion } from "./load-version.ts";

/** The picture of a version's confusion matrix; nothing where none is on record. Its table stands below it. */
export function matrixChart({ host }: PageRequest, { model, version, manifest }: ShownVersion): Html | "" {
  if (firstMatrix(manifest.evaluation) === undefined) return "";
  const about = { model: model.displayName, version };
  return html`<section class="box"><h2>Confusion matrix</h2>${chartPicture(host, "confusion", about, "Confusion matrix: true classes against predicted ones. The table below says the same.")}</section>`;
}

/** `/charts/confusion.svg?model=&version=` */
export async function confusionSvg(request: PageRequest): Promise<Svg> {
  const { query } = request;
  const params = { model: query.get("model") ?? "", version: query.get("version") ?? "" };
  const { manifest } = await loadVersion({ ...request, params });
  const matrix = firstMatrix(manifest.evaluation);
  if (matrix === undefined) throw new SlipwayError("NOT_FOUND", "No confusion matrix is on record");
  return drawOnce("confusion", matrix, confusionMatrixChart);
}

function firstMatrix({ metrics }: Evaluation) {
  return Object.values(metrics).find((metric) => metric.matrix)?.matrix;
}
