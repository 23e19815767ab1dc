import { html } from "hono/html";
import { lineageChart, lineageHeight } from "../../../core/report/charts/lineage-chart.ts";
import { visibleText } from "../../../core/report/escape-text.ts";
import { lineageWords } from "../../../core/report/lineage-graph.ts";
import type { Answer, Html, PageRequest } from "../request/page.ts";
import { pathTo } from "../view/links.ts";
import { loadLineage, type ShownLineage } from "./load-lineage.ts";

/** `/charts/lineage.svg?model=&version=`. */
export async function lineageSvg(request: PageRequest): Promise<Answer> {
  const { shown, graph } = await loadLineage(request);
  return { svg: lineageChart(`${shown.model.displayName} version ${shown.version}`, graph) };
}

export function lineagePicture({ host }: PageRequest, { shown, graph }: ShownLineage): Html {
  const { model, version } = shown;
  const src = pathTo(host, ["charts", "lineage.svg"], { model: model.displayName, version });
  return html`<img class="chart" src="${src}" alt="${visibleText(lineageWords(graph), 1_000)}" width="640" height="${lineageHeight(graph)}">`;
}
