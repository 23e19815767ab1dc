import { html } from "hono/html";
import { SlipwayError } from "../../../core/errors.ts";
import { loggedCurves, trainingCurves } from "../../../core/report/charts/run-curves.ts";
import { trainingCurvesChart } from "../../../core/report/charts/training-curves-chart.ts";
import type { RunRecord } from "../../../schemas/run-summary.ts";
import type { PortalHost } from "../request/host.ts";
import type { Html, PageRequest, Svg } from "../request/page.ts";
import { chartPicture, drawOnce } from "../view/chart.ts";
import { runOf } from "./open-runs.ts";
import { shortRun } from "./run-row.ts";

const MOST_RUNS = 10;
const KINDS = { training: trainingCurves, logged: loggedCurves };
type Kind = keyof typeof KINDS;

/** Pictures of runs' curves: what they wrote to SLIPWAY_CURVES, and what programs logged themselves. `stamp` changes as they grow. */
export function curvePictures(host: PortalHost, runs: readonly RunRecord[]): Html | "" {
  const ids = runs.map(({ run }) => run).join(",");
  const pictures = (["training", "logged"] as const).flatMap((kind) => {
    const curves = runs.flatMap((run) => KINDS[kind](run));
    const points = curves.reduce((sum, { x }) => sum + x.length, 0);
    if (points === 0) return [];
    const title = kind === "training" ? "Training curves" : "Curves that the program logged itself";
    const says = `${title}, by step. The last values are in the table below.`;
    return [chartPicture(host, "curves", { runs: ids, of: kind, stamp: points }, says, 400)];
  });
  return pictures.length === 0
    ? ""
    : html`<section class="box"><h2>Curves</h2>${pictures}${lastValues(runs)}</section>`;
}

function lastValues(runs: readonly RunRecord[]): Html {
  const rows = runs.flatMap((run) =>
    [...trainingCurves(run), ...loggedCurves(run)]
      .slice(0, 100)
      .map(({ name, x, y }) => ({ run, name, step: x.at(-1), value: y.at(-1) })),
  );
  return html`<details><summary>Last values</summary><div class="scroll" role="region" aria-label="Last values of curves" tabindex="0"><table><thead><tr><th scope="col">Run</th><th scope="col">Curve</th><th scope="col" class="num">Step</th><th scope="col" class="num">Value</th></tr></thead>
<tbody>${rows.map(({ run, name, step, value }) => html`<tr><td class="mono">${shortRun(run.run)}</td><td>${name}</td><td class="num">${step}</td><td class="num">${value}</td></tr>`)}</tbody></table></div></details>`;
}

/** `/charts/curves.svg?runs=a,b&of=training` */
export async function curvesSvg({ host, query }: PageRequest): Promise<Svg> {
  const kind: Kind = query.get("of") === "logged" ? "logged" : "training";
  const ids = (query.get("runs") ?? "")
    .split(",")
    .filter((id) => id !== "")
    .slice(0, MOST_RUNS);
  const found = await Promise.all(ids.map((id) => runOf(host, id)));
  const curves = found.flatMap(({ record }) =>
    KINDS[kind](record).map((curve) =>
      found.length > 1 ? { ...curve, name: `${shortRun(record.run)} ${curve.name}` } : curve,
    ),
  );
  if (curves.length === 0) throw new SlipwayError("NOT_FOUND", "These runs have no curves");
  const title = kind === "logged" ? "What the program logged itself" : undefined;
  return drawOnce(`curves ${kind}`, curves, (drawn) => trainingCurvesChart(drawn, title));
}
